import { randomBytes } from 'node:crypto';
import { type NextRequest, NextResponse } from 'next/server';
import { sessionCookieName } from './lib/auth/cookies';
import { findSession, signInPath } from './lib/auth/session';
import { config as portalConfig } from './lib/config';
import { DatabaseUnavailable } from './lib/db/database';
import { CONFIGURED_ADDRESS, underConfiguredName } from './lib/http/loopback';
import { isReadableBody } from './lib/http/readable-body';
import { type Refusal, refuse } from './lib/http/request-guard';
import { log } from './lib/log';
import { documentHeaders } from './lib/security-headers';
import { services } from './lib/services';

// Comfort and headers only: every page, action and route asks lib/auth/session.ts again by itself.
export const config = { matcher: ['/((?!_next/static/).*)'] };

/** Stops what may not pass at all, sends the signed-out to /sign-in, answers 503 where a page could only crash. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { pathname } = request.nextUrl;
  const nonce = randomBytes(16).toString('base64');
  const headers = documentHeaders(portalConfig(), pathname, nonce);
  return withHeaders(
    leadToConfiguredName(request) ??
      (await stop(request)) ??
      (await guardPrivatePage(request)) ??
      pass(request, headers),
    headers,
  );
}

function leadToConfiguredName({ method, headers, nextUrl, url }: NextRequest): NextResponse | null {
  const { pathname, search } = nextUrl;
  const address = underConfiguredName({ method, headers, pathname, search }, portalConfig());
  if (!address) return null;
  const forwarded = new Headers(headers);
  forwarded.set(CONFIGURED_ADDRESS, address);
  return NextResponse.rewrite(new URL('/refused/host', url), { request: { headers: forwarded } });
}

async function stop(request: NextRequest): Promise<NextResponse | null> {
  const { method, nextUrl, headers, url } = request;
  const refused = refuse({ method, pathname: nextUrl.pathname, headers }, portalConfig().portalOrigin);
  const reason: Refusal | null =
    refused ?? (method === 'POST' && !(await isReadableBody(request)) ? 'malformed' : null);
  if (!reason) return null;
  log().warn({ event: 'request_refused', reason, method, path: nextUrl.pathname.slice(0, 200) });
  return NextResponse.rewrite(new URL(`/refused/${reason}`, url));
}

/**
 * A page under /account or /operator needs a live session. Actions and routes answer for themselves: an action's
 * typed state keeps what the person typed, which a redirect would lose.
 */
async function guardPrivatePage(request: NextRequest): Promise<NextResponse | null> {
  const { pathname, search } = request.nextUrl;
  const isPage = /^\/(account|operator)(\/|$)/.test(pathname) && pathname !== '/account/buy/frame';
  const hasAccounts = portalConfig().widget.type !== 'kuna';
  if (!isPage || !hasAccounts || request.headers.has('next-action')) return null;
  try {
    const token = request.cookies.get(sessionCookieName(portalConfig().secure))?.value;
    const session = await findSession(services, token);
    return session ? null : toSignIn(pathname + search);
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    return NextResponse.rewrite(new URL('/unavailable', request.url));
  }
}

function toSignIn(path: string): NextResponse {
  const headers = { 'cache-control': 'no-store' };
  return NextResponse.redirect(new URL(signInPath(path), portalConfig().portalOrigin), { headers });
}

/** Next takes the nonce for its own scripts from the request's policy; a client's own never gets this far (front-door.ts). */
function pass(request: NextRequest, headers: Record<string, string>): NextResponse {
  const forwarded = new Headers(request.headers);
  forwarded.set('content-security-policy', headers['content-security-policy'] ?? '');
  return NextResponse.next({ request: { headers: forwarded } });
}

function withHeaders(response: NextResponse, headers: Record<string, string>): NextResponse {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
