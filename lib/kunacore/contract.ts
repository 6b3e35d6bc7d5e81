import { z } from 'zod';

/** An answer to one question: null when it could not be told. */
const answer = z.object({
  answer: z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]),
  /** How the answer is known: statuses and names of keys, never values. */
  evidence: z.string(),
});

/** Types of a value in a response, by its path: `data[].id` is `["string"]`. */
const shape = z.record(z.string(), z.array(z.string()));

const endpoint = z.object({
  /** Success statuses that were seen. */
  statuses: z.array(z.number().int()),
  shape,
});

/**
 * What one KunaCore really answers: the file `kunacore.contract.json`, written by `npm run check:kunacore` and read by
 * the portal (KUNACORE_CONTRACT). It holds no secret and no personal data. The sandbox reads `answers` with a schema of
 * its own (sandbox/kunacore/contract.ts).
 */
export const contractSchema = z.object({
  version: z.literal(1),
  host: z.string(),
  checkedAt: z.iso.datetime(),
  /** `read-only` without test customers. */
  mode: z.enum(['read-only', 'write']),
  answers: z.record(z.string(), answer),
  /** By path, such as `/v2/customer/find`. */
  endpoints: z.record(z.string(), endpoint),
});

export type Contract = z.infer<typeof contractSchema>;
export type Answer = z.infer<typeof answer>;
export type Shape = z.infer<typeof shape>;
