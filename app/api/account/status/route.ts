import type { AccountStatus } from '@/components/account-status';
import { currentSession, peekSession } from '@/lib/auth/session';
import { readStatus } from '@/lib/authorisations/status';
import { readCustomerState } from '@/lib/customers/read';
import { describeError, log } from '@/lib/log/log';
import { DatabaseUnavailable, getServices } from '@/lib/services';

const NO_STORE = { 'cache-control': 'no-store' };

/**
 * Where the account stands, for pages that poll it. KunaCore is not asked.
 * 200 live · 401 the session is over · 503 it cannot be known now.
 */
export async function GET(request: Request): Promise<Response> {
  try {
    // Polling by itself is not activity; a page whose window is in use says so.
    const inUse = new URL(request.url).searchParams.has('in-use');
    const session = await (inUse ? currentSession() : peekSession());
    if (!session) return answer({ session: 'over' }, 401);
    const services = await getServices();
    const [customer, authorisation] = [
      await readCustomerState(services, session.userId),
      await readStatus(services, session.id),
    ];
    return answer({ session: 'live', customer: customer.state, authorisation }, 200);
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) log().error({ event: 'status_failed', error: describeError(error) });
    return Response.json({ error: 'unavailable' }, { status: 503, headers: { ...NO_STORE, 'retry-after': '2' } });
  }
}

function answer(body: AccountStatus, status: number): Response {
  return Response.json(body, { status, headers: NO_STORE });
}
