import { escapeHtml } from '../identity/escape-html';
import { CRYPTO } from '../kunacore/rates';
import type { Customer } from '../kunacore/state';
import { button, choices } from './html';
import { allPeople, type Person } from './people';
import type { World } from './world';

export const VERIFICATION = [
  { value: 'ACCEPTED', label: 'Accepted' },
  { value: 'PENDING', label: 'Pending' },
  { value: 'NOT_IN_THE_DOCUMENTATION', label: 'Unknown value' },
];
export const WALLET = ['Active', 'Blocked', 'Suspicious'].map((value) => ({ value, label: value }));

export const peopleLead =
  'What each service knows of a person. A click changes it at once, as Kuna or the bank would. The portal asks again within half a minute, and before it opens the widget.';

/** Renders a card for each person. */
export function peoplePage(world: World): string {
  return `<ul class="cards">${allPeople(world)
    .map((person) => card(world, person))
    .join('\n')}</ul>`;
}

function card(world: World, person: Person): string {
  const { key, name, email, note, customer } = person;
  return `<li class="card" id="${escapeHtml(key)}">
    <h2>${escapeHtml(name)}</h2>
    <p class="muted"><span>${escapeHtml(email)}</span>${note && `<span>${escapeHtml(note)}</span>`}</p>
    ${customer ? atKuna(world, person, customer) : notAtKuna(person)}
    ${atBank(world, person)}
  </li>`;
}

function atKuna({ kunacore }: World, { key }: Person, { id, walletId, verificationStatus, walletStatus }: Customer) {
  const hidden = { id, key };
  const tokens = kunacore.tokens.living(id).length;
  const held = kunacore.operations.balances(walletId, [...CRYPTO]).filter(({ balance }) => balance !== '0');
  const balances = held.map(({ asset, balance }) => `<b>${balance} ${asset}</b>`).join('') || '<b>Empty</b>';
  return `<p class="control"><span class="label">Wallet holds</span><span class="values">${balances}</span></p>
    ${choices({ action: '/people/verification', label: 'Kuna’s verification', name: 'status', options: VERIFICATION, current: verificationStatus, hidden })}
    ${choices({ action: '/people/wallet', label: 'Wallet status', name: 'status', options: WALLET, current: walletStatus, hidden })}
    ${tokens > 0 ? button({ action: '/people/tokens', label: `Live tokens: ${tokens}`, text: 'End them, as Kuna', hidden }) : ''}`;
}

/** Another system of the institution may have created the customer: the portal then finds a conflict. */
function notAtKuna({ key }: Person): string {
  return button({
    action: '/people/foreign',
    label: 'No customer at KunaCore',
    text: 'Create one, as another system',
    hidden: { key },
  });
}

function atBank({ kyc }: World, { key, customer, sessions }: Person): string {
  if (key === customer?.id) return '';
  const known = kyc.records.has(key) ? 'known' : 'unknown';
  const options = [
    { value: 'known', label: 'Known' },
    { value: 'unknown', label: 'Unknown' },
  ];
  const signedIn =
    sessions > 0
      ? button({ action: '/people/session', label: 'Signed in at the bank', text: 'End this session', hidden: { key } })
      : '<p class="control"><span class="label">Not signed in at the bank</span></p>';
  return `${choices({ action: '/people/kyc', label: 'Bank’s identity check', name: 'record', options, current: known, hidden: { key } })}
    ${signedIn}`;
}
