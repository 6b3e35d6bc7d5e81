import { z } from 'zod';

const base = {
  /** The path of an endpoint, or `*` for all. */
  endpoint: z.string().min(1),
  probability: z.number().min(0).max(1).default(1),
  /** The maximum number of times. Unlimited when left out. */
  count: z.number().int().positive().optional(),
};

/** The kinds of faults. "Applied" means that KunaCore still carries the call out. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...base, kind: z.literal('delay'), ms: z.number().int().min(0) }),
  /** Never answers; not applied. */
  z.strictObject({ ...base, kind: z.literal('hang') }),
  /** Breaks the connection before the first byte of the response; not applied. */
  z.strictObject({ ...base, kind: z.literal('reset-before') }),
  /** Breaks the connection after half of the response; applied. */
  z.strictObject({ ...base, kind: z.literal('reset-middle') }),
  /** Answers an error status; not applied. */
  z.strictObject({
    ...base,
    kind: z.literal('status'),
    status: z.number().int().min(300).max(599),
    /** The header's value: seconds or a date. */
    retryAfter: z.union([z.string(), z.number()]).transform(String).optional(),
  }),
  /** Answers broken JSON; applied. */
  z.strictObject({ ...base, kind: z.literal('malformed') }),
  /** Answers a page instead of JSON; not applied. */
  z.strictObject({ ...base, kind: z.literal('html') }),
  /** Answers more than a megabyte of JSON; not applied. */
  z.strictObject({ ...base, kind: z.literal('huge') }),
  z.strictObject({
    ...base,
    kind: z.literal('apply-then-fail'),
    status: z.number().int().min(400).max(599).default(500),
  }),
  z.strictObject({ ...base, kind: z.literal('apply-then-hang') }),
  /** Answers about another customer where there is one; applied. */
  z.strictObject({ ...base, kind: z.literal('other-customer') }),
]);

export type Fault = z.infer<typeof faultSchema>;

/** The active faults, in order. The first match of a call applies. */
export class Faults {
  #faults: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#faults.push({ fault, left: fault.count ?? Number.POSITIVE_INFINITY });
  }

  list(): { fault: Fault; left: number | null }[] {
    return this.#faults.map(({ fault, left }) => ({ fault, left: Number.isFinite(left) ? left : null }));
  }

  clear(): void {
    this.#faults = [];
  }

  /** Returns the fault for this call and reduces its count, or null without one. */
  take(endpoint: string): Fault | null {
    const entry = this.#faults.find(
      ({ fault, left }) => left > 0 && ['*', endpoint].includes(fault.endpoint) && Math.random() < fault.probability,
    );
    if (!entry) return null;
    entry.left -= 1;
    return entry.fault;
  }
}
