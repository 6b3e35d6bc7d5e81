import { z } from 'zod';
import type { Deadlines } from './deadlines';
import type { Sender } from './sender';
import { decimal, read } from './wire';

const rate = z.object({ asset: z.string().min(1), equivalent: z.record(z.string(), decimal.catch('0')) });

/** Indicative values of one unit of an asset, by currency; "0" where there is no rate. */
export type EquivalentRate = z.infer<typeof rate>;

/** GET /v2/rate/equivalent. Throws a KunaCoreError. */
export function rateEndpoints({ twice }: Sender, deadlines: Deadlines) {
  return {
    /** Indicative rates without fees: GET /v2/rate/equivalent. */
    async getEquivalentRates(): Promise<EquivalentRate[]> {
      return read(await twice({ method: 'GET', path: '/v2/rate/equivalent', deadline: deadlines.read }), z.array(rate));
    },
  };
}
