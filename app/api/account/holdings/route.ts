import { walletResponse } from '@/lib/auth/wallet-route';
import { brand } from '@/lib/brand/brand';
import { confirmReady } from '@/lib/customers/still-ready';
import { browserPreferences } from '@/lib/preferences/current';
import { readFigures, toHoldings } from '@/lib/wallet/holdings';
import type { OwnHoldings } from '@/lib/wallet/holdings-schema';
import { keepLastKnown } from '@/lib/wallet/last-known';

/** Returns the signed-in customer's balances in their preferred currency, and their state at Kuna. */
export function GET(): Promise<Response> {
  return walletResponse(async (services, walletId, userId, stored) => {
    const { currency = brand.currency } = await browserPreferences();
    const [figures, { state }] = await Promise.all([
      readFigures(services, walletId),
      confirmReady(services, userId, stored),
    ]);
    keepLastKnown(walletId, { figures });
    return Response.json({ ...toHoldings(figures, currency), customer: state } satisfies OwnHoldings);
  });
}
