import 'server-only';
import { createHash, timingSafeEqual } from 'node:crypto';
import { config } from '@/lib/config/config';
import { describeError, log } from '@/lib/log/log';
import { countForAddress } from '@/lib/rate-limits/request';
import { runOneRound } from './one-round';

/** Below the shortest time that schedulers and serverless hosts commonly give a request. */
const ROUND_MS = 20_000;
const HEADERS = { 'cache-control': 'no-store' };

/**
 * Does one round of the background work for a scheduler that knows RECONCILE_TOKEN. Answers 200 with the summary when
 * nothing is left, else 503, so that the scheduler notices. Without the setting there is no such route.
 */
export async function reconcileRoute(request: Request): Promise<Response> {
  const { reconcileToken } = config();
  if (!reconcileToken) return new Response(null, { status: 404, headers: HEADERS });
  if (!holdsToken(request, reconcileToken)) return refuse();
  try {
    const summary = await runOneRound(ROUND_MS);
    return Response.json(summary, { status: summary.complete ? 200 : 503, headers: HEADERS });
  } catch (error) {
    log().error({ event: 'reconcile_failed', error: describeError(error) });
    return Response.json({ complete: false }, { status: 503, headers: { ...HEADERS, 'retry-after': '5' } });
  }
}

function holdsToken(request: Request, token: string): boolean {
  const given = /^bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token));
}

/** Makes both of one length, which the comparison in constant time needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Limits guesses for each client address. The right token is never limited. */
async function refuse(): Promise<Response> {
  const use = await countForAddress('reconcile-address');
  if (use.allowed) return new Response(null, { status: 401, headers: { ...HEADERS, 'www-authenticate': 'Bearer' } });
  return new Response(null, { status: 429, headers: { ...HEADERS, 'retry-after': String(use.retryInSeconds) } });
}
