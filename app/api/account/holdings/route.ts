import { walletResponse } from '@/lib/auth/wallet-route';
import { brand } from '@/lib/brand/brand';
import { browserPreferences } from '@/lib/preferences/current';
import { readHoldings } from '@/lib/wallet/holdings';

/** Returns the signed-in customer's balances in their preferred currency. */
export function GET(): Promise<Response> {
  return walletResponse(async (services, walletId) => {
    const { currency = brand.currency } = await browserPreferences();
    return Response.json(await readHoldings(services, walletId, currency));
  });
}
