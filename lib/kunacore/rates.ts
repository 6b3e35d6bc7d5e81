import { z } from 'zod';
import type { Deadlines } from './deadlines';
import type { Send } from './sender';
import { decimal, read } from './wire';

const rate = z.object({ asset: z.string().min(1), equivalent: z.record(z.string(), decimal.catch('0')) });

/** Indicative values of one unit of an asset, by currency; "0" where there is no rate. */
export type EquivalentRate = z.infer<typeof rate>;

/** The endpoints under /v2/rate/. All throw a KunaCoreError. */
export function rateEndpoints(send: Send, deadlines: Deadlines) {
  return {
    /** Returns indicative rates without fees: GET /v2/rate/equivalent. */
    async getEquivalentRates(): Promise<EquivalentRate[]> {
      const call = { method: 'GET', path: '/v2/rate/equivalent', deadline: deadlines.read } as const;
      return read(await send(call, { retry: true }), z.array(rate));
    },
  };
}
