import { z } from 'zod';
import { CURRENCIES } from '@/lib/choices';
import { operation } from './operations-schema';

/** The response of GET /api/account/holdings. Amounts and values are decimal strings, values in `currency`. */
export const holdings = z.object({
  currency: z.enum(CURRENCIES),
  /** The value of everything that has a rate. */
  total: z.string(),
  /** Largest value first. `value` is null where KunaCore has no rate, `share` is for drawing. */
  balances: z.array(
    z.object({
      asset: z.string(),
      balance: z.string(),
      held: z.string(),
      value: z.string().nullable(),
      share: z.number(),
    }),
  ),
  latest: z.array(operation),
  /** The value bought in each of the last months, oldest first, at today's rates. */
  months: z.array(z.object({ month: z.string(), value: z.string(), share: z.number() })),
});
export type Holdings = z.infer<typeof holdings>;
