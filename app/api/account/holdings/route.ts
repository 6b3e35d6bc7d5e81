import { brand } from '@/lib/brand/brand';
import { readHoldings } from '@/lib/customers/holdings';
import { answerForWallet } from '@/lib/customers/wallet-route';
import { browserPreferences } from '@/lib/preferences/current';

/** What whoever is signed in owns, valued in the currency of their choice. */
export function GET(): Promise<Response> {
  return answerForWallet(async (services, walletId) => {
    const { currency = brand.currency } = await browserPreferences();
    return Response.json(await readHoldings(services, walletId, currency));
  });
}
