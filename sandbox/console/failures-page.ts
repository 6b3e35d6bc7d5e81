import { escapeHtml } from '../identity/escape-html';
import { currentPreset, ENDPOINTS, FAULT_KINDS, PRESETS } from './failures';
import { choices, options } from './html';
import type { World } from './world';

const HOUR = 3_600_000;

export const KYC_MODES = [
  { value: 'on', label: 'Works' },
  { value: 'down', label: 'Down' },
  { value: 'other-person', label: 'Answers about another person' },
];
export const CLOCK = [
  { value: '0', label: 'Now' },
  { value: String(HOUR), label: '1 hour ahead' },
  { value: String(24 * HOUR), label: '1 day ahead' },
  { value: String(48 * HOUR), label: '2 days: tokens have expired' },
];

export const failuresLead =
  'What goes wrong outside the portal. A failure stays until you choose “Works”. The portal may need a few seconds to recover: it first waits before it asks again.';

/** Renders KunaCore's failures and clock, and the manners of the institution's identity check. */
export function failuresPage(world: World): string {
  const { faults, state } = world.kunacore;
  const preset = currentPreset(faults.list());
  const presets = Object.entries(PRESETS).map(([value, { label }]) => ({ value, label }));
  const effect = preset ? PRESETS[preset]?.effect : 'Faults of your own are active.';
  return `<section class="card" id="kunacore">
    <h2>KunaCore</h2>
    ${choices({ action: '/failures/preset', label: 'The API', name: 'preset', options: presets, current: preset })}
    <p class="muted">${escapeHtml(effect ?? '')}</p>
    ${choices({ action: '/failures/clock', label: 'KunaCore’s clock', name: 'offset', options: CLOCK, current: String(state.clockOffset) })}
  </section>
  <section class="card" id="kyc">
    <h2>The bank’s identity check</h2>
    ${choices({ action: '/failures/kyc', label: 'The service', name: 'mode', options: KYC_MODES, current: world.kyc.manners.mode })}
  </section>
  <form class="card form" method="post" action="/failures/add" id="own">
    <h2>A fault of your own</h2>
    <label><span>Endpoint</span><select name="endpoint">${options(ENDPOINTS)}</select></label>
    <label><span>Kind</span><select name="kind">${options(FAULT_KINDS)}</select></label>
    <label><span>Status or ms</span><input name="value" inputmode="numeric" pattern="[0-9]*"></label>
    <label><span>Share, %</span><input name="share" value="100" inputmode="numeric" pattern="[0-9]+" required></label>
    <label><span>How often</span><input name="count" placeholder="always" inputmode="numeric" pattern="[0-9]*"></label>
    <button class="main">Add fault</button>
    ${activeFaults(world)}
  </form>`;
}

function activeFaults({ kunacore }: World): string {
  const rows = kunacore.faults.list().map(({ fault, left }) => {
    const { endpoint, kind, probability, count: _, ...rest } = fault;
    const details = [
      ...Object.values(rest).map(String),
      probability < 1 ? `${probability * 100} %` : '',
      left === null ? '' : `× ${left}`,
    ];
    return `<li><code>${escapeHtml([endpoint, kind, ...details].filter(Boolean).join(' '))}</code></li>`;
  });
  return rows.length > 0 ? `<ul class="faults" aria-label="Active faults">${rows.join('')}</ul>` : '';
}
