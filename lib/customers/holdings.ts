import 'server-only';
import { KunaCoreError } from '../kunacore/errors';
import { describeError } from '../log';
import type { Services } from '../services';
import type { Holdings } from './holdings-schema';
import { readCustomerState } from './read';

const LATEST = 5;

/**
 * What the user owns and what happened last, from KunaCore.
 * @returns null when there is no open wallet, or KunaCore cannot be asked now.
 */
export async function readHoldings(services: Services, userId: string): Promise<Holdings | null> {
  const customer = await readCustomerState(services, userId);
  if (customer.state !== 'ready') return null;
  const { walletId } = customer;
  try {
    const rates = await services.kunacore.getEquivalentRates();
    const assets = rates.map(({ asset }) => asset);
    const [balances, operations] = await Promise.all([
      services.kunacore.getBalances(walletId, assets),
      services.kunacore.findOperations({ walletId, skip: 0, take: LATEST }),
    ]);
    return {
      balances: balances
        .filter(({ balance }) => /[1-9]/.test(balance))
        .map(({ asset, balance }) => ({ asset, balance })),
      operations: operations.map(({ id, type, status, targetAsset, targetAmount, createdAt }) => ({
        id,
        type,
        status,
        asset: targetAsset ?? null,
        amount: targetAmount ?? null,
        createdAt: createdAt ?? null,
      })),
    };
  } catch (error) {
    if (!(error instanceof KunaCoreError)) throw error;
    services.log.warn({ event: 'holdings_unavailable', userId, error: describeError(error) });
    return null;
  }
}
