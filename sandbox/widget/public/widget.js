import { followOperation } from './operation.js';
import { askForQuote } from './purchase.js';
import { confirmQuote } from './quote.js';
import { signIn } from './sign-in.js';

const start = JSON.parse(document.querySelector('#widget').dataset.start);

let wallet = start.step === 'purchase' ? start.wallet : await signIn();
let quote;
for (;;) {
  quote = await askForQuote(wallet, quote);
  const operation = await confirmQuote(wallet, quote);
  if (!operation) continue;
  wallet = await followOperation(wallet, operation);
  quote = undefined;
}
