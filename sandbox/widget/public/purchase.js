import { call } from './call.js';
import { onSubmit } from './form.js';
import { assetLabel, isSome, money } from './money.js';
import { say, showNotice, showStep } from './step.js';

const PRESETS = { UAH: ['500', '2000', '10000'] };
const OTHER_PRESETS = ['25', '100', '500'];

/**
 * Shows the step "Buy crypto". Resolves with a quote.
 *
 * @param wallet its owner, balances and available assets
 * @param [last] the previous quote, to start from
 * @param [notice] what happened before
 */
export function askForQuote(wallet, last, notice = '') {
  const { root } = showStep('purchase', {
    owner: `${say('Wallet of')} ${wallet.customerName}`,
    initial: wallet.customerName.charAt(0),
    maskedEmail: wallet.maskedEmail,
  });
  root.querySelector('.balances').replaceChildren(...balanceItems(wallet.balances));
  const form = root.querySelector('form');
  form.sourceAsset.replaceChildren(...wallet.fiat.map((asset) => new Option(asset, asset)));
  form.targetAsset.replaceChildren(...wallet.crypto.map((asset) => new Option(assetLabel(asset), asset)));
  if (last) restore(form, last);
  offerPresets(root, form);
  showNotice(root, notice);
  return new Promise((resolve) => {
    onSubmit(root, async (values) => resolve((await call('quote', values)).quote));
  });
}

function restore(form, { sourceAmount, sourceAsset, targetAsset }) {
  form.sourceAmount.value = sourceAmount.replace(/\.0*$/, '');
  form.sourceAsset.value = sourceAsset;
  form.targetAsset.value = targetAsset;
}

function offerPresets(root, form) {
  const offer = () => {
    const amounts = PRESETS[form.sourceAsset.value] ?? OTHER_PRESETS;
    root.querySelector('[data-presets]').replaceChildren(...amounts.map((amount) => presetButton(form, amount)));
  };
  form.sourceAsset.addEventListener('change', offer);
  offer();
}

function presetButton(form, amount) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = money(amount, form.sourceAsset.value);
  button.addEventListener('click', () => {
    form.sourceAmount.value = amount;
    form.sourceAmount.dispatchEvent(new Event('input', { bubbles: true }));
  });
  return button;
}

function balanceItems(balances) {
  const held = balances.filter(({ balance }) => isSome(balance)).map(({ asset, balance }) => money(balance, asset));
  return (held.length > 0 ? held : ['No crypto yet']).map((text) => {
    const item = document.createElement('li');
    item.textContent = say(text);
    return item;
  });
}
