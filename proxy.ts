import { type NextRequest, NextResponse } from 'next/server';
import { sessionCookieName } from '@/lib/auth/cookies';
import { keepForPage, recordRefusal, sessionOf, signInPath } from '@/lib/auth/session';
import { config as portalConfig } from '@/lib/config/config';
import { isOfAnotherBuild, isPlainForm } from '@/lib/http/another-build';
import { NOWHERE, SHOWN_PAGE } from '@/lib/http/incoming-request';
import { isReadableBody } from '@/lib/http/readable-body';
import { log } from '@/lib/log/log';
import { currentRequest } from '@/lib/request-context';
import { DatabaseUnavailable } from '@/lib/services';
import { isOperator } from '@/lib/sessions/role';

// Early checks only: every page, action and route checks the session again (lib/auth/session.ts). The proxy costs as much
// time as half a page, so it runs for bodies and the support console. lib/http/incoming-request.ts has checked the
// request and set the headers before, and lib/server/account-guard.ts has checked the session of the account's pages.
export const config = {
  matcher: [{ source: '/:path*', has: [{ type: 'header', key: 'content-type' }] }, '/operator/:path*'],
};

/** Rejects unreadable bodies. Redirects to /sign-in when signed out, and responds with 503 when the database fails. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  return (await readBody(request)) ?? (await guardPrivatePage(request)) ?? NextResponse.next();
}

async function readBody(request: NextRequest): Promise<NextResponse | null> {
  const { method, nextUrl, headers } = request;
  if (method !== 'POST' || nextUrl.pathname.startsWith('/refused/')) return null;
  const form = isPlainForm(headers) ? request.clone() : null;
  if (await isReadableBody(request)) return form && (await isOfAnotherBuild(form)) ? show('/outdated', headers) : null;
  log().warn({ event: 'request_refused', reason: 'malformed', method, path: nextUrl.pathname.slice(0, 200) });
  return show('/refused/malformed', headers);
}

/**
 * Requires a live session for pages under /account and /operator. Actions and routes check it themselves: an action's
 * state keeps the input, which a redirect would lose. Responds to customers under /operator, actions included, as
 * under an address that does not exist, before the support console is rendered.
 */
async function guardPrivatePage(request: NextRequest): Promise<NextResponse | null> {
  const { pathname, search } = request.nextUrl;
  const isConsole = /^\/operator(\/|$)/.test(pathname);
  const isPage = isConsole || (/^\/account(\/|$)/.test(pathname) && !/^\/account\/buy\/(frame|tab)$/.test(pathname));
  const isAction = request.headers.has('next-action');
  const hasAccounts = portalConfig().widget.type !== 'kuna';
  if (!isPage || !hasAccounts || (isAction && !isConsole)) return null;
  try {
    const token = request.cookies.get(sessionCookieName(portalConfig().secure))?.value;
    const session = await sessionOf(token);
    if (!session) return isAction ? null : toSignIn(pathname + search);
    if (!isConsole || isOperator(session)) {
      // A posted form may end the session that it came with, so its page reads the session again. So does the page that
      // customers get: read early, it would differ from that of an address that does not exist.
      if (request.method === 'GET') keepForPage(token, session);
      return null;
    }
    await recordRefusal(session, 'read-customers');
    return toNowhere(request);
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    // The target of a form or action reports the failure and returns the input.
    if (isAction || request.method === 'POST') return null;
    return show('/unavailable', request.headers);
  }
}

function toSignIn(path: string): NextResponse {
  const headers = { 'cache-control': 'no-store' };
  return NextResponse.redirect(new URL(signInPath(path), portalConfig().portalOrigin), { headers });
}

/**
 * Responds as under an address that does not exist. Turns a forwarded action into a page request, because Next would
 * forward it to its page again, in an endless loop.
 */
function toNowhere(request: NextRequest): NextResponse {
  const headers = new Headers(request.headers);
  if (currentRequest()?.forwardedAction) for (const name of ['next-action', 'content-type']) headers.delete(name);
  return show(NOWHERE, headers);
}

/**
 * Responds with another page. By a rewrite of next.config.mjs: where the server listens at 127.0.0.1, Next takes
 * `NextResponse.rewrite` for the address of another server (github.com/vercel/next.js/issues/94745).
 */
function show(page: string, requested: Headers): NextResponse {
  const headers = new Headers(requested);
  headers.set(SHOWN_PAGE, page);
  return NextResponse.next({ request: { headers } });
}
