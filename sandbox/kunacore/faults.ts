import { z } from 'zod';

const base = {
  /** Path of an endpoint, or `*` for all. */
  endpoint: z.string().min(1),
  probability: z.number().min(0).max(1).default(1),
  /** How often at most; unlimited when left out. */
  count: z.number().int().positive().optional(),
};

/** What can be made to go wrong. "Applied" means that KunaCore carried the call out all the same. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...base, kind: z.literal('delay'), ms: z.number().int().min(0) }),
  /** Never answers; not applied. */
  z.strictObject({ ...base, kind: z.literal('hang') }),
  /** The connection breaks before a byte of the answer; not applied. */
  z.strictObject({ ...base, kind: z.literal('reset-before') }),
  /** Half an answer, then the connection breaks; applied. */
  z.strictObject({ ...base, kind: z.literal('reset-middle') }),
  /** An error status; not applied. */
  z.strictObject({
    ...base,
    kind: z.literal('status'),
    status: z.number().int().min(300).max(599),
    /** Seconds or a date: the header as it is sent. */
    retryAfter: z.union([z.string(), z.number()]).transform(String).optional(),
  }),
  /** Broken JSON; applied. */
  z.strictObject({ ...base, kind: z.literal('malformed') }),
  /** A page instead of JSON; not applied. */
  z.strictObject({ ...base, kind: z.literal('html') }),
  /** More than a megabyte of JSON; not applied. */
  z.strictObject({ ...base, kind: z.literal('huge') }),
  z.strictObject({
    ...base,
    kind: z.literal('apply-then-fail'),
    status: z.number().int().min(400).max(599).default(500),
  }),
  z.strictObject({ ...base, kind: z.literal('apply-then-hang') }),
  /** Applied, but the answer is about another customer where there is one. */
  z.strictObject({ ...base, kind: z.literal('other-customer') }),
]);

export type Fault = z.infer<typeof faultSchema>;

/** The faults that are set, in order; the first one that fits a call is taken. */
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

  /** The fault for this call, used up by one; null when it goes well. */
  take(endpoint: string): Fault | null {
    const entry = this.#faults.find(
      ({ fault, left }) => left > 0 && ['*', endpoint].includes(fault.endpoint) && Math.random() < fault.probability,
    );
    if (!entry) return null;
    entry.left -= 1;
    return entry.fault;
  }
}
