import { operation } from './operations-schema';
import type { Described } from './response-shape';

/** What a wallet holds. Amounts and values are decimal strings, values in `currency`. */
export const holdings = {
  currency: 'string',
  /** When KunaCore said so, ISO 8601. */
  at: 'string',
  /** The value of everything that has a rate. */
  total: 'string',
  /**
   * Largest value first. `price`, of one unit, and `value` are null where KunaCore has no rate; `share` is for drawing.
   */
  balances: [
    {
      asset: 'string',
      balance: 'string',
      held: 'string',
      price: 'string?',
      value: 'string?',
      share: 'number',
    },
  ],
  latest: [operation],
  /** The value bought in each of the last months, oldest first, at today's rates. */
  months: [{ month: 'string', value: 'string', share: 'number' }],
} as const;
export type Holdings = Described<typeof holdings>;

/** The response of GET /api/account/holdings: with the customer's state, which KunaCore may have changed. */
export const ownHoldings = { ...holdings, customer: 'string' } as const;
export type OwnHoldings = Described<typeof ownHoldings>;
