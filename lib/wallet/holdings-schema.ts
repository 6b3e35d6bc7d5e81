import { operation } from './operations-schema';
import type { Described } from './response-shape';

/** The response of GET /api/account/holdings. Amounts and values are decimal strings, values in `currency`. */
export const holdings = {
  currency: 'string',
  /** The value of everything that has a rate. */
  total: 'string',
  /** Largest value first. `value` is null where KunaCore has no rate, `share` is for drawing. */
  balances: [{ asset: 'string', balance: 'string', held: 'string', value: 'string?', share: 'number' }],
  latest: [operation],
  /** The value bought in each of the last months, oldest first, at today's rates. */
  months: [{ month: 'string', value: 'string', share: 'number' }],
} as const;
export type Holdings = Described<typeof holdings>;
