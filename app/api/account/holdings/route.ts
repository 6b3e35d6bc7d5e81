import { peekSession } from '@/lib/auth/session';
import { readHoldings } from '@/lib/customers/holdings';
import { DatabaseUnavailable } from '@/lib/db/database';
import { describeError, log } from '@/lib/log';
import { services } from '@/lib/services';

const NO_STORE = { 'cache-control': 'no-store' };

/** Balances and latest operations of whoever is signed in. 401 signed out · 503 KunaCore or the database is down. */
export async function GET(): Promise<Response> {
  try {
    const session = await peekSession();
    if (!session) return Response.json({ error: 'signed-out' }, { status: 401, headers: NO_STORE });
    const holdings = await readHoldings(await services(), session.userId);
    if (holdings) return Response.json(holdings, { headers: NO_STORE });
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) log().error({ event: 'holdings_failed', error: describeError(error) });
  }
  return Response.json({ error: 'unavailable' }, { status: 503, headers: { ...NO_STORE, 'retry-after': '5' } });
}
