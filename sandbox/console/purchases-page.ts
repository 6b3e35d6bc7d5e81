import { escapeHtml } from '../identity/escape-html';
import { CRYPTO, FIAT } from '../kunacore/rates';
import type { Operation } from '../kunacore/state';
import { choices, options } from './html';
import type { World } from './world';

export const OUTCOMES = [
  { value: 'Processing', label: 'Processing' },
  { value: 'OnHold', label: 'On hold' },
  { value: 'Completed', label: 'Completed' },
  { value: 'Declined', label: 'Declined' },
];
/** A demo has few purchases; the latest of many are enough. */
const SHOWN = 30;

export const purchasesLead =
  'Make a purchase without the widget, or decide one that a person made there. The portal shows it when its page is opened.';

/** Renders the form for a purchase, and the latest ones. */
export function purchasesPage(world: World): string {
  const { customers, operations } = world.kunacore.state.data;
  if (customers.length === 0)
    return '<p class="empty">KunaCore has no customers yet. Sign in at the portal and confirm the details of a person first.</p>';
  const latest = operations.slice(-SHOWN).reverse();
  const list = latest.map((operation) => card(world, operation)).join('\n');
  const people = customers.map(
    ({ id, firstName, lastName }) => `<option value="${id}">${escapeHtml(`${firstName} ${lastName}`)}</option>`,
  );
  return `<form class="card form" method="post" action="/purchases/create">
    <h2>New purchase</h2>
    <label><span>Who buys</span><select name="customer">${people.join('')}</select></label>
    <label><span>Pays</span><input name="amount" value="1000" inputmode="decimal" required pattern="[0-9]+([.][0-9]{1,2})?"></label>
    <label><span>Currency</span><select name="source">${options(FIAT)}</select></label>
    <label><span>Gets</span><select name="target">${options(CRYPTO)}</select></label>
    <label><span>Becomes</span><select name="outcome">${OUTCOMES.map(({ value, label }) => `<option value="${value}">${label}</option>`).join('')}</select></label>
    <button class="main">Create</button>
  </form>
  ${list ? `<ul class="cards">${list}</ul>` : '<p class="empty">No purchases yet.</p>'}`;
}

function card({ kunacore }: World, operation: Operation): string {
  const { id, walletId, sourceAmount, sourceAsset, targetAmount, targetAsset, createdAt } = operation;
  const { firstName, lastName } = kunacore.customers.byWallet(walletId);
  const current = kunacore.operations.status(operation);
  const time = new Date(createdAt);
  return `<li class="card" id="${id}">
    <h2>${escapeHtml(`${sourceAmount} ${sourceAsset} → ${targetAmount} ${targetAsset}`)}</h2>
    <p class="muted"><span>${escapeHtml(`${firstName} ${lastName}`)}</span><time datetime="${time.toISOString()}">${time.toLocaleTimeString('en-GB')}</time></p>
    ${choices({ action: '/purchases/decide', label: 'Status', name: 'outcome', options: OUTCOMES, current, hidden: { id } })}
  </li>`;
}
