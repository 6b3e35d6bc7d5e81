import { z } from 'zod';
import type { Deadlines } from './deadlines';
import type { Sender } from './sender';
import { decimal, optionalDecimal, read } from './wire';

const balance = z.object({ asset: z.string().min(1), balance: decimal, holdBalance: optionalDecimal });

/** What a wallet holds of one asset; amounts are decimal strings. */
export type Balance = z.infer<typeof balance>;

/** POST /v2/balance. Throws a KunaCoreError. */
export function walletEndpoints({ twice }: Sender, deadlines: Deadlines) {
  return {
    /** Balances of a wallet: POST /v2/balance. */
    async getBalances(walletId: string, assets: string[]): Promise<Balance[]> {
      const body = { walletId, assets };
      const answer = await twice({ method: 'POST', path: '/v2/balance', body, deadline: deadlines.read });
      return read(answer, z.array(balance));
    },
  };
}
