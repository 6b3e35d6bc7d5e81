import 'server-only';
import { cookies } from 'next/headers';
import { type NextRequest, NextResponse } from 'next/server';
import type { OAuthConfig } from 'next-auth/providers/oauth';
import { getTranslations } from 'next-intl/server';
import { safeCallbackPath } from '@/lib/auth/callback-url';
import { clearSessionCookies, sessionCookieName, signInCookies } from '@/lib/auth/cookies';
import { currentSession } from '@/lib/auth/session';
import { config } from '@/lib/config/config';
import type { OidcConfig } from '@/lib/config/oidc';
import { isSameOrigin } from '@/lib/http/same-origin';
import { describeError, log } from '@/lib/log/log';
import { portalPage } from '@/lib/pages/portal-page';
import { tooManyPage } from '@/lib/pages/too-many';
import { countForAddress } from '@/lib/rate-limits/request';
import { getServices } from '@/lib/services';
import { endSessions } from '@/lib/sessions/end';
import { hashSessionToken } from '@/lib/sessions/token-hash';
import { forgetSignedOut } from './ask-again';
import { type Attempt, findAttempt, forgetAttempt } from './attempts';
import { callNextAuth } from './call-next-auth';
import { recordFailedSignIn } from './failed-sign-ins';
import { linkPath, readLink, type SignInLink } from './links';
import type { OidcIdentity } from './oidc-claims';
import { discover } from './oidc-client';
import { OidcFailure, pageErrorOf, providerFailure } from './oidc-failure';
import { logOidcFailure, oidcSignIn } from './oidc-provider';
import { signInErrorPath, toPortalPath } from './portal-path';

/** Finishes a sign-in when the identity provider sends the browser back. */
export async function finishOidc(request: NextRequest, oidc: OidcConfig): Promise<Response> {
  const use = await countForAddress('sign-in-address');
  if (!use.allowed) return tooManyPage(use.retryInSeconds, '/sign-in');
  const query = new URLSearchParams(request.nextUrl.searchParams);
  const attempt = await findAttempt(query.get('state'));
  if (!attempt) return unknownAttempt();
  const error = query.get('error');
  if (error === null) return finishAttempt(oidc, query, attempt);
  // The provider sent the person back without an identity (OpenID Connect Core 3.1.2.6).
  await forgetAttempt(attempt);
  return refuseOidc(providerFailure(error, query.get('error_description') ?? ''), attempt.callbackPath);
}

/** Exceeds every code; the address with all fields stays below the limits of servers and proxies. */
const LONGEST_FIELD = 3000;

/**
 * Leads the identity provider's form (OAuth 2.0 Form Post Response Mode) on to the address that finishes a sign-in.
 * The browser sends no `SameSite=Lax` cookie with another site's form, but with the redirect.
 */
export async function receiveOidcForm(request: NextRequest): Promise<Response> {
  const form = await request.formData().catch(() => new FormData());
  const fields = ['code', 'state', 'iss', 'error', 'error_description'].flatMap((name) => {
    const value = form.get(name);
    return typeof value === 'string' ? [[name, value.slice(0, LONGEST_FIELD)]] : [];
  });
  return NextResponse.redirect(`${config().portalOrigin}/api/auth/callback/oidc?${new URLSearchParams(fields)}`, 303);
}

async function finishAttempt(oidc: OidcConfig, query: URLSearchParams, attempt: Attempt): Promise<Response> {
  const { callbackPath } = attempt;
  try {
    const { provider, failure } = oidcSignIn(oidc, await discover(oidc), attempt);
    // The attempt decides where to go afterwards, not the provider.
    query.set('callbackUrl', callbackPath);
    const { response, signedIn } = await callBack('oidc', query, callbackPath, provider);
    const refused = failure() ?? (errorOf(response) === 'OAuthCallback' ? new OidcFailure('response') : null);
    if (refused) return refuseOidc(refused, callbackPath);
    if (signedIn) await Promise.all([forgetAttempt(attempt), forgetSignedOut()]);
    return response;
  } catch (error) {
    if (error instanceof OidcFailure) return refuseOidc(error, callbackPath);
    throw error;
  }
}

/** The browser has no such attempt: it took too long, cookies are blocked, or Back led to a finished sign-in. */
async function unknownAttempt(): Promise<Response> {
  const { secure, portalOrigin } = config();
  const kept = (await cookies()).get(signInCookies(secure).callbackUrl.name)?.value;
  const callbackPath = safeCallbackPath(kept, portalOrigin);
  const live = await currentSession().catch(() => null);
  if (live) return NextResponse.redirect(portalOrigin + callbackPath, 303);
  return refuseOidc(new OidcFailure('state'), callbackPath);
}

/** Records why a sign-in at the provider failed, and leads to the page that says what the person can do. */
async function refuseOidc(failure: OidcFailure, callbackPath: string): Promise<Response> {
  logOidcFailure(failure);
  await recordFailedSignIn('ProviderResponse');
  const path = signInErrorPath(pageErrorOf(failure.reason), callbackPath);
  return NextResponse.redirect(config().portalOrigin + path, 303);
}

/** Finishes a sign-in by the form of a link's page (app/sign-in/link). */
export async function finishLink(request: NextRequest): Promise<Response> {
  const { portalOrigin } = config();
  if (!isSameOrigin(request.headers, portalOrigin))
    return new Response('Cross-site request refused.\n', { status: 403 });
  const link = readLink(await request.formData().catch(() => new FormData()), portalOrigin);
  const query = new URLSearchParams({ token: link.token, email: link.email ?? '', callbackUrl: link.callbackPath });
  const use = await countForAddress('sign-in-address');
  if (!use.allowed) return tooManyPage(use.retryInSeconds, '/sign-in');
  const { response } = await callBack('email', query, link.callbackPath);
  switch (errorOf(response)) {
    case 'Verification':
    case 'configuration':
      await recordFailedSignIn('LinkInvalid');
      return usedLink(link);
    case 'Callback':
      return notSignedIn(link);
    default:
      return response;
  }
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
async function callBack(
  id: 'oidc' | 'email',
  query: URLSearchParams,
  callbackPath: string,
  oidc?: OAuthConfig<OidcIdentity>,
): Promise<{ response: Response; signedIn: boolean }> {
  const { secure, portalOrigin } = config();
  const name = sessionCookieName(secure);
  const jar = await cookies();
  const old = clearSessionCookies(jar, secure);
  const response = await callNextAuth(`callback/${id}?${query}`, undefined, oidc);
  const signedIn = new NextResponse(null, { headers: response.headers }).cookies.has(name);
  if (old && !signedIn) jar.set({ name, value: old, path: '/', httpOnly: true, sameSite: 'lax', secure });
  if (old && signedIn) await endOld(old);
  const location = toPortalPath(response.headers.get('location'), callbackPath);
  response.headers.set('location', new URL(location, portalOrigin).href);
  return { response, signedIn };
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
