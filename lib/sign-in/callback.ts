import 'server-only';
import { cookies } from 'next/headers';
import { type NextRequest, NextResponse } from 'next/server';
import { getTranslations } from 'next-intl/server';
import { safeCallbackPath } from '@/lib/auth/callback-url';
import { clearSessionCookies, sessionCookieName, signInCookies } from '@/lib/auth/cookies';
import { currentSession } from '@/lib/auth/session';
import { config } from '@/lib/config/config';
import { isSameOrigin } from '@/lib/http/same-origin';
import { describeError, log } from '@/lib/log/log';
import { portalPage } from '@/lib/pages/portal-page';
import { tooManyPage } from '@/lib/pages/too-many';
import { countForAddress } from '@/lib/rate-limits/request';
import { getServices } from '@/lib/services';
import { endSessions } from '@/lib/sessions/end';
import { hashSessionToken } from '@/lib/sessions/token-hash';
import { forgetSignedOut } from './ask-again';
import { callNextAuth } from './call-next-auth';
import { recordFailedSignIn } from './failed-sign-ins';
import { linkPath, readLink, type SignInLink } from './links';
import { toPortalPath } from './portal-path';

/** Finishes a sign-in when the identity provider sends the browser back. */
export async function finishOidc(request: NextRequest): Promise<Response> {
  const kept = (await cookies()).get(signInCookies(config().secure).callbackUrl.name)?.value;
  const query = new URLSearchParams(request.nextUrl.searchParams);
  // The cookie of the start decides where to go afterwards, not the provider.
  query.delete('callbackUrl');
  return finish('oidc', query, safeCallbackPath(kept, config().portalOrigin));
}

/** Finishes a sign-in by the form of a link's page (app/sign-in/link). */
export async function finishLink(request: NextRequest): Promise<Response> {
  const { portalOrigin } = config();
  if (!isSameOrigin(request.headers, portalOrigin))
    return new Response('Cross-site request refused.\n', { status: 403 });
  const link = readLink(await request.formData().catch(() => new FormData()), portalOrigin);
  const query = new URLSearchParams({ token: link.token, email: link.email ?? '', callbackUrl: link.callbackPath });
  const response = await finish('email', query, link.callbackPath);
  const error = errorOf(response);
  if (error === 'Verification') return usedLink(link);
  return error === 'Callback' ? notSignedIn(link) : response;
}

/** Leads to the page of a used link; or on, when the first of two clicks has just signed this browser in. */
async function usedLink({ email, callbackPath }: SignInLink): Promise<Response> {
  const live = await currentSession().catch(() => null);
  const path = live?.email === email ? callbackPath : linkPath({ token: '', email, callbackPath });
  return NextResponse.redirect(config().portalOrigin + path, 303);
}

/** Offers the link again: the database was unavailable, so it probably still works. */
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
 * Starts a new session and ends the browser's old one. next-auth sees no session cookie and none that begins like one,
 * and its adapter returns no session. (ASVS 5.0 7.2.4)
 */
async function finish(provider: 'oidc' | 'email', query: URLSearchParams, callbackPath: string): Promise<Response> {
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
  if (signedIn && provider === 'oidc') await forgetSignedOut();
  if (!signedIn) await recordFailure(response, query.has('error'));
  const location = toPortalPath(response.headers.get('location'), callbackPath);
  response.headers.set('location', new URL(location, portalOrigin).href);
  return response;
}

/**
 * Records a failure that `signIn` (options.ts) has not, and leads to the sign-in page with an error of ours.
 * @param cancelled the provider sent the person back without an identity (OpenID Connect Core 3.1.2.6), which next-auth
 * reports as an error of ours.
 */
async function recordFailure(response: Response, cancelled: boolean): Promise<void> {
  const leadTo = (error: string) => response.headers.set('location', `/sign-in?error=${error}`);
  switch (errorOf(response)) {
    case 'Verification':
    case 'configuration':
      await recordFailedSignIn('LinkInvalid');
      return leadTo('Verification');
    case 'OAuthCallback':
      return recordFailedSignIn('ProviderResponse');
    case 'Callback':
      if (!cancelled) return;
      await recordFailedSignIn('ProviderResponse');
      return leadTo('OAuthCallback');
  }
}

function errorOf(response: Response): string | null {
  const location = response.headers.get('location') ?? '';
  return new URL(location, config().portalOrigin).searchParams.get('error');
}

/** Ends the old session. If that fails, it has no cookie any more and expires by itself. */
async function endOld(token: string): Promise<void> {
  try {
    await endSessions(await getServices(), { tokenHash: hashSessionToken(token) }, 'replaced');
  } catch (error) {
    log().error({ event: 'old_session_not_ended', error: describeError(error) });
  }
}
