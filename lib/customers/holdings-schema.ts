import { z } from 'zod';

/** What GET /api/account/holdings answers: amounts are decimal strings, types and statuses KunaCore's own words. */
export const holdings = z.object({
  balances: z.array(z.object({ asset: z.string(), balance: z.string() })),
  operations: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      status: z.string(),
      asset: z.string().nullable(),
      amount: z.string().nullable(),
      createdAt: z.string().nullable(),
    }),
  ),
});
export type Holdings = z.infer<typeof holdings>;
