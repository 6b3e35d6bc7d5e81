import 'server-only';
import { type CustomerState, walletOf } from '@/lib/customers/state';
import { DatabaseUnavailable } from '@/lib/db/unavailable';
import { KunaCoreError } from '@/lib/kunacore/errors';
import { describeError, log } from '@/lib/log/log';
import { getServices, type Services } from '@/lib/services';
import { peekSession } from './session';

const NO_STORE = { 'cache-control': 'no-store' };

/**
 * Responds to a route that reads the signed-in customer's wallet from KunaCore. Takes the wallet id from the session.
 * 401 signed out · 409 no open wallet · 503 KunaCore or the database is unavailable.
 */
export async function walletResponse(
  respond: (services: Services, walletId: string, userId: string, customer: CustomerState) => Promise<Response>,
): Promise<Response> {
  try {
    const session = await peekSession();
    if (!session) return problem('signed-out', 401);
    const walletId = walletOf(session.customer);
    if (!walletId) return problem('no-wallet', 409);
    const response = await respond(await getServices(), walletId, session.userId, session.customer);
    response.headers.set('cache-control', 'no-store');
    return response;
  } catch (error) {
    if (error instanceof KunaCoreError) log().warn({ event: 'wallet_unavailable', error: describeError(error) });
    else if (!(error instanceof DatabaseUnavailable))
      log().error({ event: 'wallet_failed', error: describeError(error) });
    return problem('unavailable', 503, { 'retry-after': '5' });
  }
}

function problem(error: string, status: number, headers: Record<string, string> = {}): Response {
  return Response.json({ error }, { status, headers: { ...NO_STORE, ...headers } });
}
