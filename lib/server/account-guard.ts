import 'server-only';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { pressedCookie, sessionCookieName, toSetCookie } from '@/lib/auth/cookies';
import { frameProof } from '@/lib/auth/frame-proof';
import { keepForPage, sessionOf, signInPath } from '@/lib/auth/session';
import { issueAhead } from '@/lib/authorisations/ahead';
import { config } from '@/lib/config/config';
import { isPageVisit } from '@/lib/http/page-visit';
import { usableUserAgent } from '@/lib/http/user-agent';
import { describeError, log } from '@/lib/log/log';
import { DatabaseUnavailable, getServices } from '@/lib/services';
import type { LiveSession } from '@/lib/sessions/find';
import { mustSignInToBuy } from '@/lib/sessions/step-up';

const BUY_PAGE = '/account/buy';
/** The routes that lead to the widget answer for themselves. */
const ACCOUNT_PAGE = /^\/account(\/(?!buy\/(frame|tab)$)|$)/;

/**
 * Requires a live session for the pages under /account, before Next renders them: leads to /sign-in when signed out, and
 * to a page with status 503 when the database fails, which a page of Next could not answer. Early only: each page checks
 * the session again. Not in proxy.ts: passing Next's proxy costs as much as half a page.
 * @returns whether the request goes on to Next; nothing for other requests.
 */
export function guardAccountPage(request: IncomingMessage, response: ServerResponse): Promise<boolean> | undefined {
  const { method, url = '' } = request;
  const isRead = method === 'GET' || method === 'HEAD';
  const [path = ''] = url.split('?', 1);
  if (!isRead || !ACCOUNT_PAGE.test(path) || config().widget.type === 'kuna') return undefined;
  return checkSession(request, response, path).then(
    (session) => session !== null || leadToSignIn(request, response),
    (error: unknown) => {
      if (error instanceof DatabaseUnavailable) request.url = '/unavailable';
      else log().error({ event: 'account_guard_failed', error: describeError(error) });
      return true;
    },
  );
}

async function checkSession(
  { headers, method }: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<LiveSession | null> {
  const token = readCookie(headers.cookie, sessionCookieName(config().secure));
  const session = await sessionOf(token);
  if (session) keepForPage(token, session);
  if (session && token && method === 'GET' && path === BUY_PAGE) {
    proveFrame(headers, response, token);
    await issueForFrame(headers, session);
  }
  return session;
}

/** Gives browsers without Fetch Metadata the cookie that proves the page's own frame (lib/http/frame-origin.ts). */
function proveFrame(headers: IncomingHttpHeaders, response: ServerResponse, token: string): void {
  if (headers['sec-fetch-site'] === undefined)
    response.appendHeader('set-cookie', toSetCookie(pressedCookie(config().secure, frameProof(token))));
}

/** Limits how long the page waits for the start of the call. */
const START_MS = 20;

/**
 * Requests the token of the frame that the buy page is about to show. Here, because rendering the page would delay the
 * statements before the call to KunaCore.
 */
async function issueForFrame(headers: IncomingHttpHeaders, session: LiveSession): Promise<void> {
  const userAgent = usableUserAgent(headers['user-agent'] ?? null);
  const mayBuy = session.customer.state === 'ready' && !mustSignInToBuy(session, config());
  if (!userAgent || !isPageVisit(headers) || !mayBuy) return;
  const services = await getServices();
  await Promise.race([issueAhead(services, session, userAgent), services.clock.sleep(START_MS)]);
}

function leadToSignIn({ url = '' }: IncomingMessage, response: ServerResponse): false {
  const location = signInPath(withoutRouterState(url));
  response.writeHead(307, { location, 'cache-control': 'no-store' }).end(location);
  return false;
}

/** Removes the parameter with which Next's router marks its own requests. */
function withoutRouterState(target: string): string {
  const { pathname, searchParams } = new URL(target, 'http://portal');
  searchParams.delete('_rsc');
  return pathname + (searchParams.size > 0 ? `?${searchParams}` : '');
}

/** Returns the value of a cookie as Next reads it: the last one of a name counts. */
function readCookie(header: string | undefined, name: string): string | undefined {
  const pairs = (header ?? '').split(/; */).filter((pair) => pair.startsWith(`${name}=`));
  return pairs.at(-1)?.slice(name.length + 1);
}
