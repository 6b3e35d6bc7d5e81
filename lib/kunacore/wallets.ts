import { z } from 'zod';
import type { AuthenticatedSend } from './authentication';
import type { Deadlines } from './client';
import { decimal, optionalDecimal, read } from './wire';

const balance = z.object({ asset: z.string().min(1), balance: decimal, holdBalance: optionalDecimal });

/** What a wallet holds of one asset; amounts are decimal strings. */
export type Balance = z.infer<typeof balance>;

const rate = z.object({ asset: z.string().min(1), equivalent: z.record(z.string(), decimal.catch('0')) });

/** Indicative values of one unit of an asset, by currency; "0" where there is no rate. */
export type EquivalentRate = z.infer<typeof rate>;

/** POST /v2/balance and GET /v2/rate/equivalent. Both throw a KunaCoreError. */
export function walletEndpoints(send: AuthenticatedSend, deadlines: Deadlines) {
  return {
    /** Balances of a wallet: POST /v2/balance. */
    async getBalances(walletId: string, assets: string[]): Promise<Balance[]> {
      const body = { walletId, assets };
      const answer = await send({ method: 'POST', path: '/v2/balance', body, deadline: deadlines.read });
      return read(answer, z.array(balance));
    },

    /** Indicative rates without fees: GET /v2/rate/equivalent. */
    async getEquivalentRates(): Promise<EquivalentRate[]> {
      const answer = await send({ method: 'GET', path: '/v2/rate/equivalent', deadline: deadlines.read });
      return read(answer, z.array(rate));
    },
  };
}
