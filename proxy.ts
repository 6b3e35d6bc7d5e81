import { type NextRequest, NextResponse } from 'next/server';
import { sessionCookieName } from './lib/auth/cookies';
import { isSameOrigin } from './lib/auth/origin';
import { findSession, signInPath } from './lib/auth/session';
import { config as portalConfig } from './lib/config';
import { DatabaseUnavailable } from './lib/db/database';
import { documentHeaders } from './lib/security-headers';
import { services } from './lib/services';

// Comfort and headers only: every page, action and route asks lib/auth/session.ts again by itself.
export const config = { matcher: ['/((?!_next/static/).*)'] };

/** Stops cross-site writes, sends the signed-out to /sign-in, answers 503 where a page could only crash. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { pathname } = request.nextUrl;
  const safe = request.method === 'GET' || request.method === 'HEAD';
  if (!safe && !isSameOrigin(request.headers, portalConfig().portalOrigin)) {
    return new NextResponse('Cross-site request refused.\n', { status: 403 });
  }
  const nonce = Buffer.from(crypto.randomUUID()).toString('base64');
  const headers = documentHeaders(portalConfig(), pathname, nonce);
  return withHeaders((await guardPrivatePage(request)) ?? pass(request, headers), headers);
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
    return session ? null : NextResponse.redirect(new URL(signInPath(pathname + search), portalConfig().portalOrigin));
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    return NextResponse.rewrite(new URL('/unavailable', request.url));
  }
}

/** Next takes the nonce for its own scripts from the request's policy; a client's own headers must not choose it. */
function pass(request: NextRequest, headers: Record<string, string>): NextResponse {
  const forwarded = new Headers(request.headers);
  forwarded.set('content-security-policy', headers['content-security-policy'] ?? '');
  forwarded.delete('x-nonce');
  return NextResponse.next({ request: { headers: forwarded } });
}

function withHeaders(response: NextResponse, headers: Record<string, string>): NextResponse {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
