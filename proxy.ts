import { randomBytes } from 'node:crypto';
import { type NextRequest, NextResponse } from 'next/server';
import { sessionCookieName } from '@/lib/auth/cookies';
import { recordRefusal, sessionForPage, sessionOf, signInPath } from '@/lib/auth/session';
import { config as portalConfig } from '@/lib/config/config';
import { isOfAnotherBuild, isPlainForm } from '@/lib/http/another-build';
import { isReadableBody } from '@/lib/http/readable-body';
import { refuse } from '@/lib/http/request-guard';
import { documentHeaders } from '@/lib/http/security-headers';
import { log } from '@/lib/log/log';
import { currentRequest, type Refusal } from '@/lib/request-context';
import { DatabaseUnavailable } from '@/lib/services';

// Early checks and headers only: every page, action and route checks the session again (lib/auth/session.ts). Leaves out
// the status, which every open page polls: its host is checked before (lib/http/incoming-request.ts), it answers GET
// only, and its headers are the default ones.
export const config = { matcher: ['/((?!_next/static/|api/account/status$).*)'] };

/** Rejects invalid requests, redirects to /sign-in when signed out, and responds with 503 when the database fails. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { pathname } = request.nextUrl;
  const nonce = randomBytes(16).toString('base64');
  const headers = documentHeaders(portalConfig(), pathname, nonce);
  const response = (await reject(request)) ?? toOwnOrigin(request) ?? (await guardPrivatePage(request, headers));
  return withHeaders(response ?? pass(request, headers), headers);
}

async function reject(request: NextRequest): Promise<NextResponse | null> {
  const { method, nextUrl, headers, url } = request;
  const early = currentRequest()?.refusal;
  const refused = early?.reason ?? refuse({ method, pathname: nextUrl.pathname, headers }, portalConfig().portalOrigin);
  const isPosted = method === 'POST' && !refused;
  const form = isPosted && isPlainForm(headers) ? request.clone() : null;
  const reason: Refusal | null = refused ?? (isPosted && !(await isReadableBody(request)) ? 'malformed' : null);
  if (!reason) return form && (await isOfAnotherBuild(form)) ? NextResponse.rewrite(new URL('/outdated', url)) : null;
  const [path] = (early?.path ?? nextUrl.pathname).split('?');
  log().warn({ event: 'request_refused', reason, method, path: path?.slice(0, 200) });
  return NextResponse.rewrite(new URL(`/refused/${reason}`, url));
}

/** A path that must never exist. */
const NOWHERE = '/nowhere';

/**
 * Leads a page under another spelling of the host to the configured origin: a final dot, or another loopback name. For
 * browsers it is another origin, where the portal's cookies and forms do not work. The route redirects, because a
 * redirect of the proxy would lose the host when Next treats both hosts as equal.
 */
function toOwnOrigin(request: NextRequest): NextResponse | null {
  const isElsewhere = currentRequest()?.otherOrigin !== undefined && !request.nextUrl.pathname.startsWith('/api/');
  return isElsewhere ? NextResponse.rewrite(new URL('/refused/host', request.url)) : null;
}

/**
 * Requires a live session for pages under /account and /operator. Actions and routes check it themselves: an action's
 * state keeps the input, which a redirect would lose. Responds to customers under /operator, actions included, as
 * under an address that does not exist, before the support console is rendered.
 */
async function guardPrivatePage(request: NextRequest, headers: Record<string, string>): Promise<NextResponse | null> {
  const { pathname, search } = request.nextUrl;
  const isConsole = /^\/operator(\/|$)/.test(pathname);
  const isPage = isConsole || (/^\/account(\/|$)/.test(pathname) && pathname !== '/account/buy/frame');
  const isAction = request.headers.has('next-action');
  const hasAccounts = portalConfig().widget.type !== 'kuna';
  if (!isPage || !hasAccounts || (isAction && !isConsole)) return null;
  try {
    const token = request.cookies.get(sessionCookieName(portalConfig().secure))?.value;
    // A posted form may end the session that it came with, so its page reads the session again.
    const session = await (request.method === 'GET' ? sessionForPage : sessionOf)(token);
    if (!session) return isAction ? null : toSignIn(pathname + search);
    if (!isConsole || session.role === 'operator') return null;
    await recordRefusal(session.userId, 'operator');
    return toNowhere(request, headers);
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    // The target of a form or action reports the failure and returns the input.
    if (isAction || request.method === 'POST') return null;
    return NextResponse.rewrite(new URL('/unavailable', request.url));
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
function toNowhere(request: NextRequest, headers: Record<string, string>): NextResponse {
  const forwarded = withNonce(request, headers);
  if (currentRequest()?.forwardedAction) for (const name of ['next-action', 'content-type']) forwarded.delete(name);
  return NextResponse.rewrite(new URL(NOWHERE, request.url), { request: { headers: forwarded } });
}

function pass(request: NextRequest, headers: Record<string, string>): NextResponse {
  return NextResponse.next({ request: { headers: withNonce(request, headers) } });
}

/** Passes the policy to Next, which reads the nonce from it. lib/http/incoming-request.ts removes a client's own policy. */
function withNonce(request: NextRequest, headers: Record<string, string>): Headers {
  const forwarded = new Headers(request.headers);
  forwarded.set('content-security-policy', headers['content-security-policy'] ?? '');
  return forwarded;
}

function withHeaders(response: NextResponse, headers: Record<string, string>): NextResponse {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
