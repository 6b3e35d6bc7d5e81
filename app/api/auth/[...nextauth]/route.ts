import { cookies } from 'next/headers';
import { type NextRequest, NextResponse } from 'next/server';
import { getTranslations } from 'next-intl/server';
import { POST as signOut } from '@/app/sign-out/route';
import { safeCallbackPath } from '@/lib/auth/callback-url';
import { clearSessionCookies, sessionCookieName, signInCookies } from '@/lib/auth/cookies';
import { currentSession } from '@/lib/auth/session';
import { config } from '@/lib/config/config';
import { isSameOrigin } from '@/lib/http/same-origin';
import { describeError, log } from '@/lib/log/log';
import { formRoute } from '@/lib/pages/form-route';
import { portalPage } from '@/lib/pages/portal-page';
import { tooManyPage } from '@/lib/pages/too-many';
import { countForAddress } from '@/lib/rate-limits/request';
import { DatabaseUnavailable, getServices } from '@/lib/services';
import { endSessions } from '@/lib/sessions/end';
import { hashSessionToken } from '@/lib/sessions/token-hash';
import { callNextAuth } from '@/lib/sign-in/call-next-auth';
import { recordFailedSignIn } from '@/lib/sign-in/failed-sign-ins';
import { linkPath, readLink, type SignInLink } from '@/lib/sign-in/links';
import { toPortalPath } from '@/lib/sign-in/portal-path';

type Context = { params: Promise<{ nextauth: string[] }> };

/**
 * The routes of next-auth that the portal uses, mended where next-auth's own answer would break a promise. Whatever
 * else next-auth offers does not exist: sign-ins start in process (lib/sign-in/start.ts).
 */
const handle = formRoute({ unconfirmed: 'signIn', back: '/sign-in' }, async (request, context: Context) => {
  const { nextauth } = await context.params;
  const response = await answer(request, nextauth.join('/'));
  response.headers.set('cache-control', 'no-store');
  return response;
});

export { handle as GET, handle as POST };

async function answer(request: NextRequest, route: string): Promise<Response> {
  const { widget, oidc, email, portalOrigin } = config();
  const isOff = (route === 'callback/oidc' && !oidc) || (route === 'callback/email' && !email);
  if (widget.type === 'kuna' || isOff) return new Response(null, { status: 404 });
  switch (`${request.method} ${route}`) {
    // next-auth says "nobody" although the database could not be asked.
    case 'GET session':
    case 'HEAD session':
    case 'POST session':
      return session();
    // next-auth says "signed out" although the session could not be ended.
    case 'POST signout':
      return signOut(request);
    case 'GET signout':
      return NextResponse.redirect(`${portalOrigin}/account`);
    case 'GET callback/oidc':
      return finishOidc(request);
    // Links in earlier mails. next-auth would sign in any visitor: a mail scanner, or another site's page.
    case 'GET callback/email':
    case 'HEAD callback/email':
      return NextResponse.redirect(portalOrigin + linkPath(readLink(request.nextUrl.searchParams, portalOrigin)), 303);
    case 'POST callback/email':
      return finishLink(request);
    default:
      return new Response(null, { status: 404 });
  }
}

async function session(): Promise<Response> {
  try {
    const live = await currentSession();
    return Response.json(live ? { user: { email: live.email }, expires: live.expiresAt.toISOString() } : {});
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    return Response.json({ error: 'unavailable' }, { status: 503, headers: { 'retry-after': '2' } });
  }
}

/** The identity provider sends the browser back. */
async function finishOidc(request: NextRequest): Promise<Response> {
  const kept = (await cookies()).get(signInCookies(config().secure).callbackUrl.name)?.value;
  const query = new URLSearchParams(request.nextUrl.searchParams);
  // The provider has no say in where to go afterwards; the cookie of the start has.
  query.delete('callbackUrl');
  return callback('oidc', query, safeCallbackPath(kept, config().portalOrigin));
}

/** The form of a link's page (app/sign-in/link): signs in, if it was sent from there. */
async function finishLink(request: NextRequest): Promise<Response> {
  const { portalOrigin } = config();
  if (!isSameOrigin(request.headers, portalOrigin))
    return new Response('Cross-site request refused.\n', { status: 403 });
  const link = readLink(await request.formData().catch(() => new FormData()), portalOrigin);
  const query = new URLSearchParams({ token: link.token, email: link.email ?? '', callbackUrl: link.callbackPath });
  const response = await callback('email', query, link.callbackPath);
  const error = errorOf(response);
  if (error === 'Verification') return afterUse(link);
  return error === 'Callback' ? notSignedIn(link) : response;
}

/** The page says that the link works no more; unless this browser has just used it, by the first of two clicks. */
async function afterUse({ email, callbackPath }: SignInLink): Promise<Response> {
  const live = await currentSession().catch(() => null);
  const path = live?.email === email ? callbackPath : linkPath({ token: '', email, callbackPath });
  return NextResponse.redirect(config().portalOrigin + path, 303);
}

/** The database could not be asked, so the link is probably still good. */
async function notSignedIn(link: SignInLink): Promise<Response> {
  const t = await getTranslations('errors.notSignedIn');
  return portalPage({
    status: 503,
    headers: { 'retry-after': '5' },
    title: t('title'),
    text: t('text'),
    link: { label: t('action'), href: linkPath(link) },
  });
}

/**
 * Signing in starts a new session and ends the browser's old one. next-auth is shown no session cookie and none that
 * begins like one, and its adapter knows no session either. (ASVS 5.0 7.2.4)
 */
async function callback(provider: 'oidc' | 'email', query: URLSearchParams, callbackPath: string): Promise<Response> {
  const use = await countForAddress('sign-in-address');
  if (!use.allowed) return tooManyPage(use.retryInSeconds, '/sign-in');
  const { secure, portalOrigin } = config();
  const name = sessionCookieName(secure);
  const jar = await cookies();
  const old = clearSessionCookies(jar, secure);
  const response = await callNextAuth(`callback/${provider}?${query}`);
  const signedIn = new NextResponse(null, { headers: response.headers }).cookies.has(name);
  if (old && !signedIn) jar.set({ name, value: old, path: '/', httpOnly: true, sameSite: 'lax', secure });
  if (old && signedIn) await endOld(old);
  if (!signedIn) await explainFailure(response, query.has('error'));
  const location = toPortalPath(response.headers.get('location'), callbackPath);
  response.headers.set('location', new URL(location, portalOrigin).href);
  return response;
}

/**
 * Puts a word of ours into the address that next-auth leads to after a failure, and records what nobody has yet.
 * @param cancelled the provider sent the person back without an identity (OpenID Connect Core 3.1.2.6); next-auth calls
 * it a failure of ours.
 */
async function explainFailure(response: Response, cancelled: boolean): Promise<void> {
  const explain = (error: string) => response.headers.set('location', `/sign-in?error=${error}`);
  switch (errorOf(response)) {
    case 'Verification':
    case 'configuration':
      await recordFailedSignIn('LinkInvalid');
      return explain('Verification');
    case 'OAuthCallback':
      return recordFailedSignIn('ProviderAnswer');
    case 'Callback':
      if (!cancelled) return;
      await recordFailedSignIn('ProviderAnswer');
      return explain('OAuthCallback');
  }
}

function errorOf(response: Response): string | null {
  const location = response.headers.get('location') ?? '';
  return new URL(location, config().portalOrigin).searchParams.get('error');
}

/** Should this fail, the old session has no cookie any more and expires by itself. */
async function endOld(token: string): Promise<void> {
  try {
    await endSessions(await getServices(), { tokenHash: hashSessionToken(token) }, 'replaced');
  } catch (error) {
    log().error({ event: 'old_session_not_ended', error: describeError(error) });
  }
}
