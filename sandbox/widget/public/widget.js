import { payAtBank } from './bank.js';
import { followOperation } from './operation.js';
import { askForQuote } from './purchase.js';
import { confirmQuote } from './quote.js';
import { signIn } from './sign-in.js';

const REFUSED = 'Your bank did not confirm the payment. Nothing was charged.';

const start = JSON.parse(document.querySelector('#widget').dataset.start);

let wallet = start.step === 'sign-in' ? await signIn() : start.wallet;
let notice = start.step === 'refused' ? REFUSED : '';
// A payment at the bank that navigated the widget returns with its operation.
let { operation } = start;
let quote;
for (;;) {
  if (operation) {
    wallet = await followOperation(wallet, operation);
    quote = undefined;
  }
  quote = await askForQuote(wallet, quote, notice);
  notice = '';
  const bought = await confirmQuote(wallet, quote);
  operation = bought?.payment ? await payAtBank(bought.payment) : bought?.operation;
  if (bought?.payment && !operation) notice = REFUSED;
}
