import { randomBytes } from 'node:crypto';
import { type NextRequest, NextResponse } from 'next/server';
import { sessionCookieName } from '@/lib/auth/cookies';
import { recordRefusal, sessionOf, signInPath } from '@/lib/auth/session';
import { config as portalConfig } from '@/lib/config/config';
import { isOfAnotherBuild, isPlainForm } from '@/lib/http/another-build';
import { isReadableBody } from '@/lib/http/readable-body';
import { refuse } from '@/lib/http/request-guard';
import { documentHeaders } from '@/lib/http/security-headers';
import { log } from '@/lib/log/log';
import { currentRequest, type Refusal } from '@/lib/request-context';
import { DatabaseUnavailable } from '@/lib/services';

// Comfort and headers only: every page, action and route asks lib/auth/session.ts again by itself.
export const config = { matcher: ['/((?!_next/static/).*)'] };

/** Stops what may not pass at all, sends the signed-out to /sign-in, answers 503 where a page could only crash. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { pathname } = request.nextUrl;
  const nonce = randomBytes(16).toString('base64');
  const headers = documentHeaders(portalConfig(), pathname, nonce);
  const answer = (await stop(request)) ?? toOwnOrigin(request) ?? (await guardPrivatePage(request, headers));
  return withHeaders(answer ?? pass(request, headers), headers);
}

async function stop(request: NextRequest): Promise<NextResponse | null> {
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

/** A path of which nothing is, and never will be. */
const NOWHERE = '/nowhere';

/**
 * Leads a page asked for under another spelling of the host, which browsers take for another origin, to the configured
 * one: a final dot, or on one machine another of its names. None of the portal's cookies and forms work there. The
 * route leads on; a redirect of the proxy to what Next takes for the same host would lose the host.
 */
function toOwnOrigin(request: NextRequest): NextResponse | null {
  const isElsewhere = currentRequest()?.otherOrigin !== undefined && !request.nextUrl.pathname.startsWith('/api/');
  return isElsewhere ? NextResponse.rewrite(new URL('/refused/host', request.url)) : null;
}

/**
 * A page under /account or /operator needs a live session. Actions and routes answer for themselves: an action's
 * typed state keeps what the person typed, which a redirect would lose. To customers nothing is under /operator,
 * actions included: they are answered as under any address that does not exist, before anything of the desk is rendered.
 */
async function guardPrivatePage(request: NextRequest, headers: Record<string, string>): Promise<NextResponse | null> {
  const { pathname, search } = request.nextUrl;
  const isDesk = /^\/operator(\/|$)/.test(pathname);
  const isPage = isDesk || (/^\/account(\/|$)/.test(pathname) && pathname !== '/account/buy/frame');
  const isAction = request.headers.has('next-action');
  const hasAccounts = portalConfig().widget.type !== 'kuna';
  if (!isPage || !hasAccounts || (isAction && !isDesk)) return null;
  try {
    const token = request.cookies.get(sessionCookieName(portalConfig().secure))?.value;
    const session = await sessionOf(token);
    if (!session) return isAction ? null : toSignIn(pathname + search);
    if (!isDesk || session.role === 'operator') return null;
    await recordRefusal(session.userId, 'operator');
    return toNowhere(request, headers);
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    // What a form or action was posted to says what became of it, and gives back what was typed.
    if (isAction || request.method === 'POST') return null;
    return NextResponse.rewrite(new URL('/unavailable', request.url));
  }
}

function toSignIn(path: string): NextResponse {
  const headers = { 'cache-control': 'no-store' };
  return NextResponse.redirect(new URL(signInPath(path), portalConfig().portalOrigin), { headers });
}

/**
 * Answers as under an address that does not exist. An action that was forwarded is none any more: Next would forward it
 * once more to the page that has it, which ends here again, without end.
 */
function toNowhere(request: NextRequest, headers: Record<string, string>): NextResponse {
  const forwarded = withNonce(request, headers);
  if (currentRequest()?.forwardedAction) for (const name of ['next-action', 'content-type']) forwarded.delete(name);
  return NextResponse.rewrite(new URL(NOWHERE, request.url), { request: { headers: forwarded } });
}

function pass(request: NextRequest, headers: Record<string, string>): NextResponse {
  return NextResponse.next({ request: { headers: withNonce(request, headers) } });
}

/** Next takes the nonce for its own scripts from the request's policy; a client's own never gets this far (front-door.ts). */
function withNonce(request: NextRequest, headers: Record<string, string>): Headers {
  const forwarded = new Headers(request.headers);
  forwarded.set('content-security-policy', headers['content-security-policy'] ?? '');
  return forwarded;
}

function withHeaders(response: NextResponse, headers: Record<string, string>): NextResponse {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
