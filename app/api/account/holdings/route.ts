import { answerForWallet } from '@/lib/auth/wallet-route';
import { brand } from '@/lib/brand/brand';
import { browserPreferences } from '@/lib/preferences/current';
import { readHoldings } from '@/lib/wallet/holdings';

/** What whoever is signed in owns, valued in the currency of their choice. */
export function GET(): Promise<Response> {
  return answerForWallet(async (services, walletId) => {
    const { currency = brand.currency } = await browserPreferences();
    return Response.json(await readHoldings(services, walletId, currency));
  });
}
