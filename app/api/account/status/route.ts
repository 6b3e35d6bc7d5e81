import { currentSession, peekSession } from '@/lib/auth/session';
import type { AccountStatus } from '@/lib/authorisations/status-schema';
import { config } from '@/lib/config/config';
import { describeError, log } from '@/lib/log/log';
import { DatabaseUnavailable } from '@/lib/services';
import { endingOf } from '@/lib/sessions/ending';

const NO_STORE = { 'cache-control': 'no-store' };

/**
 * Returns the account's status to pages that poll it, without calling KunaCore.
 * 200 live · 401 the session is over · 503 unknown, because the database is unavailable.
 */
export async function GET(request: Request): Promise<Response> {
  try {
    // Polling by itself is not activity; a page whose window is in use tells so.
    const inUse = new URL(request.url).searchParams.has('in-use');
    const session = await (inUse ? currentSession() : peekSession());
    if (!session) return json({ session: 'over' }, 401);
    const { customer, authorisation, endsIn } = session;
    const ending = endingOf(endsIn, config().session.idleMinutes);
    return json({ session: 'live', customer: customer.state, authorisation, ending }, 200);
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) log().error({ event: 'status_failed', error: describeError(error) });
    return Response.json({ error: 'unavailable' }, { status: 503, headers: { ...NO_STORE, 'retry-after': '2' } });
  }
}

function json(body: AccountStatus, status: number): Response {
  return Response.json(body, { status, headers: NO_STORE });
}
