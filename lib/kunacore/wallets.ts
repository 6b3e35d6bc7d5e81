import { z } from 'zod';
import type { Deadlines } from './deadlines';
import type { Send } from './sender';
import { decimal, optionalDecimal, read } from './wire';

const balance = z.object({ asset: z.string().min(1), balance: decimal, holdBalance: optionalDecimal });

/** A wallet's balance of one asset; amounts are decimal strings. */
export type Balance = z.infer<typeof balance>;

/** POST /v2/balance. Throws a KunaCoreError. */
export function walletEndpoints(send: Send, deadlines: Deadlines) {
  return {
    /** Returns balances of a wallet: POST /v2/balance. */
    async getBalances(walletId: string, assets: string[]): Promise<Balance[]> {
      const body = { walletId, assets };
      const call = { method: 'POST', path: '/v2/balance', body, deadline: deadlines.read } as const;
      return read(await send(call, { retry: true }), z.array(balance));
    },
  };
}
