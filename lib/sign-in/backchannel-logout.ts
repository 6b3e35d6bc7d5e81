import 'server-only';
import { type Config, config } from '@/lib/config/config';
import { describeError, log } from '@/lib/log/log';
import { countForAddress } from '@/lib/rate-limits/request';
import { getServices } from '@/lib/services';
import { endAtProvider, type ProviderEnd } from '@/lib/sessions/end-at-provider';
import { LogoutTokenError, type LogoutTokenProblem, readLogoutToken } from './logout-token';
import { findProvider } from './provider';

type Oidc = NonNullable<Config['oidc']>;
type Problem = LogoutTokenProblem | 'request' | 'replayed' | 'mismatch' | 'not-stored';

const PROVIDER_WAIT_MS = 5_000;

/**
 * Ends the sessions that the identity provider's logout token names. The provider calls it, without cookies and without
 * an origin. Responds with 200 once the end is stored, and with 400 otherwise (OpenID Connect Back-Channel Logout 1.0,
 * 2.8).
 */
export async function backchannelLogout(request: Request): Promise<Response> {
  const { oidc, widget } = config();
  if (!oidc || widget.type === 'kuna') return new Response(null, { status: 404 });
  const use = await countForAddress('logout-address');
  if (!use.allowed) return respond(429, { 'retry-after': String(use.retryInSeconds) });
  const token = await tokenOf(request);
  const end = token === null ? 'request' : await verify(token, oidc);
  const problem = typeof end === 'string' ? end : await carryOut(end);
  if (!problem) return respond(200);
  log().warn({ event: 'provider_logout_refused', reason: problem });
  return respond(400, {}, { error: 'invalid_request', error_description: problem });
}

/** Returns the form's one token, or null. */
async function tokenOf(request: Request): Promise<string | null> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) return null;
  const tokens = new URLSearchParams(await request.text()).getAll('logout_token');
  return tokens.length === 1 ? (tokens[0] ?? null) : null;
}

async function verify(token: string, oidc: Oidc): Promise<ProviderEnd | Problem> {
  const provider = await findProvider(oidc, PROVIDER_WAIT_MS);
  if (!provider) return 'keys';
  try {
    return await readLogoutToken(token, oidc, provider);
  } catch (error) {
    if (error instanceof LogoutTokenError) return error.problem;
    throw error;
  }
}

/** @returns null once the end is stored. */
async function carryOut(end: ProviderEnd): Promise<Problem | null> {
  try {
    const ended = await endAtProvider(await getServices(), end);
    if (ended.outcome !== 'ended') return ended.outcome;
    log().info({ event: 'provider_logout', sessions: ended.sessions });
    return null;
  } catch (error) {
    log().error({ event: 'provider_logout_failed', error: describeError(error) });
    return 'not-stored';
  }
}

function respond(status: number, headers: Record<string, string> = {}, body?: object): Response {
  const all = { 'cache-control': 'no-store', ...headers };
  return body ? Response.json(body, { status, headers: all }) : new Response(null, { status, headers: all });
}
