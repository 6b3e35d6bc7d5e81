import type { z } from 'zod';
import { escapeHtml } from '../identity/escape-html';
import { DEFAULT_SWITCHES, switchesSchema } from '../kunacore/switches';
import { type Choice, choices } from './html';
import type { World } from './world';

/** What each switch of KunaCore's answers means. One without a text still has its control. */
const MEANING: Record<string, string> = {
  newToken: 'A new token, and the customer’s earlier ones',
  secondOpening: 'A token that is opened a second time',
  otherUserAgent: 'A token that is opened in another browser',
  successCode: 'The status of a success',
  errorBody: 'The shape of an error',
  loginBody: 'The field of the login',
  duplicateEmail: 'The status for an e-mail address that is taken',
  invalidateWithoutToken: 'Invalidating a customer without a token',
  findShape: 'The shape of a list of customers',
  findMatch: 'How a search compares',
  kunasBlock: 'A partner changes a block that Kuna set',
  walletStatusKey: 'The key of the wallet status in an update',
  encryption: 'Bodies encrypted in both directions',
  paymentPage: 'Where the widget shows the bank’s payment page',
  verification: 'The status of a new customer',
};

export const answersLead =
  'What KunaCore’s documentation leaves open. The portal works with every answer. The first of each row is the sandbox’s usual one.';

/** Renders a control for each switch. */
export function answersPage({ kunacore }: World): string {
  const rows = switchNames().map((name) => {
    const current = String(kunacore.state.switches[name]);
    return `<li class="card" id="${name}">${choices({
      action: '/answers/set',
      label: MEANING[name] ?? name,
      name: 'value',
      options: choicesOf(name),
      current,
      hidden: { name },
    })}<p class="muted"><code>${escapeHtml(name)}</code></p></li>`;
  });
  return `<ul class="cards">${rows.join('\n')}</ul>`;
}

export function switchNames(): (keyof typeof DEFAULT_SWITCHES)[] {
  return Object.keys(DEFAULT_SWITCHES) as (keyof typeof DEFAULT_SWITCHES)[];
}

/** Returns the value of a switch by its text. */
export function switchValue(name: string, text: string): unknown {
  return valuesOf(name).find((value) => String(value) === text);
}

function choicesOf(name: string): Choice[] {
  return valuesOf(name).map((value) => ({ value: String(value), label: String(value) }));
}

function valuesOf(name: string): unknown[] {
  const shape = switchesSchema.unwrap().shape as Record<string, z.ZodType | undefined>;
  const schema = shape[name] as unknown as { options?: unknown[]; value?: unknown } | undefined;
  return (schema?.options ?? []).map((option) =>
    typeof option === 'object' && option !== null ? (option as { value: unknown }).value : option,
  );
}
