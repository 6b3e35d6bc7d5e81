import { cookies } from 'next/headers';
import { type NextRequest, NextResponse } from 'next/server';
import NextAuth from 'next-auth';
import { POST as signOut } from '@/app/sign-out/route';
import { hashSessionToken } from '@/lib/auth/adapter';
import { clearForeignCallbackUrl, clearSessionCookies, sessionCookieName } from '@/lib/auth/cookies';
import { typedEmail } from '@/lib/auth/email';
import { mayAskForLink } from '@/lib/auth/link-limits';
import { authOptions } from '@/lib/auth/options';
import { currentSession } from '@/lib/auth/session';
import { endSessions } from '@/lib/authorisations/end';
import { config } from '@/lib/config';
import { DatabaseUnavailable } from '@/lib/db/database';
import { formRoute } from '@/lib/http/form-route';
import { describeError, log } from '@/lib/log';
import { countForAddress } from '@/lib/rate-limits/request';
import { tooManyPage } from '@/lib/rate-limits/too-many';
import { services } from '@/lib/services';

type Context = { params: Promise<{ nextauth: string[] }> };

/** next-auth's routes, mended where its own answer would break a promise of this portal. */
const handle = formRoute({ unconfirmed: 'signIn', back: '/sign-in' }, async (request, context: Context) => {
  if (config().widget.type === 'kuna') return new Response(null, { status: 404 });
  const { nextauth } = await context.params;
  const [action = ''] = nextauth;
  switch (action) {
    // Lets anybody write into the log.
    case '_log':
      return new Response(null, { status: 404 });
    // Says "signed out" although the session could not be ended.
    case 'signout':
      return request.method === 'POST' ? signOut(request) : NextResponse.redirect(`${config().portalOrigin}/account`);
    // Says "nobody" although the database could not be asked.
    case 'session':
      return session();
    // Ours ask through lib/auth/start-sign-in.ts; who asks here is counted all the same.
    case 'signin':
      return signIn(request, nextauth);
    case 'callback':
      return callback(request, nextauth);
    default:
      return NextAuth(request, { params: Promise.resolve({ nextauth }) }, authOptions());
  }
});

export { handle as GET, handle as POST };

async function signIn(request: NextRequest, nextauth: string[]): Promise<Response> {
  if (request.method === 'POST') {
    const use = await countForAddress('sign-in-address');
    if (!use.allowed) return tooManyPage(use.retryInSeconds, '/sign-in');
    if (nextauth[1] === 'email' && !(await mayAskForLink(await askedAddress(request))))
      return NextResponse.redirect(`${config().portalOrigin}/sign-in?error=RateLimited`, 303);
  }
  return NextAuth(request, { params: Promise.resolve({ nextauth }) }, authOptions());
}

async function askedAddress(request: NextRequest): Promise<string> {
  const form = await request
    .clone()
    .formData()
    .catch(() => new FormData());
  return typedEmail(String(form.get('email') ?? '')) ?? 'none';
}

async function session(): Promise<Response> {
  try {
    const live = await currentSession();
    const body = live ? { user: { email: live.email }, expires: live.expiresAt.toISOString() } : {};
    return Response.json(body, { headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    return Response.json({ error: 'unavailable' }, { status: 503, headers: { 'retry-after': '2' } });
  }
}

/**
 * Signing in starts a new session and ends the browser's old one. next-auth is shown no session cookie and none that
 * begins like one, and its adapter knows no session either. (ASVS 5.0 7.2.4)
 */
async function callback(request: NextRequest, nextauth: string[]): Promise<Response> {
  const use = await countForAddress('sign-in-address');
  if (!use.allowed) return tooManyPage(use.retryInSeconds, '/sign-in');
  const { secure, portalOrigin } = config();
  const name = sessionCookieName(secure);
  const jar = await cookies();
  clearForeignCallbackUrl(jar, secure, portalOrigin);
  const old = clearSessionCookies(jar, secure);
  const response: Response = await NextAuth(request, { params: Promise.resolve({ nextauth }) }, authOptions());
  const signedIn = new NextResponse(null, { headers: response.headers }).cookies.has(name);
  if (old && !signedIn) jar.set({ name, value: old, path: '/', httpOnly: true, sameSite: 'lax', secure });
  if (old && signedIn) await endOld(old);
  if (wasCancelled(request)) response.headers.set('location', `${config().portalOrigin}/sign-in?error=OAuthCallback`);
  return response;
}

/** The provider sent the person back without an identity (OpenID Connect Core 3.1.2.6); next-auth calls it a failure of ours. */
function wasCancelled(request: NextRequest): boolean {
  return request.nextUrl.searchParams.has('error');
}

/** Should this fail, the old session has no cookie any more and expires by itself. */
async function endOld(token: string): Promise<void> {
  try {
    await endSessions(await services(), { tokenHash: hashSessionToken(token) }, 'replaced');
  } catch (error) {
    log().error({ event: 'old_session_not_ended', error: describeError(error) });
  }
}
