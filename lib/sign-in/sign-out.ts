import 'server-only';
import { cookies } from 'next/headers';
import type { NextRequest } from 'next/server';
import { getTranslations } from 'next-intl/server';
import { clearedSessionCookie, clearSessionCookies, pressedCookie, sessionCookieName } from '@/lib/auth/cookies';
import { config } from '@/lib/config/config';
import { isSameOrigin } from '@/lib/http/same-origin';
import { portalPage } from '@/lib/pages/portal-page';
import { getServices } from '@/lib/services';
import { endSessions } from '@/lib/sessions/end';
import { findSession } from '@/lib/sessions/find';
import { hashSessionToken } from '@/lib/sessions/token-hash';
import { forgetSignedOut, isOwnSignOut, markSignedOut } from './ask-again';
import { findProvider } from './provider';

/** How long a sign-out waits for the provider's metadata, when none is known yet. */
const PROVIDER_WAIT_MS = 1_500;

/** The page that a sign-out leads to. */
const SIGNED_OUT = '/sign-in?signed-out';

/** The address to which the provider returns the browser. Register it there (`post_logout_redirect_uri`). */
const RETURN_PATH = '/sign-out/done';

/**
 * Signs out, here or, with the form's `where=everywhere`, on every device of this person. Then leads to the identity
 * provider, which ends its own session. The cookie stays until the end is stored, because a copy of it would still open
 * the account (ASVS 5.0 7.4.1).
 */
export async function signOut(request: NextRequest): Promise<Response> {
  const { secure, portalOrigin } = config();
  if (!isSameOrigin(request.headers, portalOrigin))
    return new Response('Cross-site request refused.\n', { status: 403 });
  const token = (await cookies()).get(sessionCookieName(secure))?.value;
  const form = await request.formData().catch(() => null);
  const method = token ? await endSession(token, form?.get('where') === 'everywhere') : null;
  const state = await markSignedOut();
  const target = method === 'oidc' ? await endSessionAddress(state) : null;
  return target ? leaveForProvider(target) : forgetBrowser(SIGNED_OUT);
}

/** @returns the sign-in method of the ended session; null when unknown. */
async function endSession(token: string, everywhere: boolean): Promise<string | null> {
  const services = await getServices();
  // "Everywhere" needs a live session; an expired cookie ends at most its own.
  const session = await findSession(services, token);
  const which = everywhere && session ? { userId: session.userId } : { tokenHash: hashSessionToken(token) };
  await endSessions(services, which, 'signed-out');
  return session?.provider ?? null;
}

/**
 * Returns the address at which the provider ends its own session (OpenID Connect RP-Initiated Logout 1.0), or null when
 * it has none, or cannot be asked now. Without `id_token_hint`: the portal keeps no token of the provider.
 */
async function endSessionAddress(state: string): Promise<string | null> {
  const { oidc, portalOrigin } = config();
  if (!oidc || oidc.logout === 'off') return null;
  const endpoint = (await findProvider(oidc, PROVIDER_WAIT_MS))?.endSessionEndpoint;
  if (!endpoint) return null;
  const url = new URL(endpoint);
  url.searchParams.set('client_id', oidc.clientId);
  url.searchParams.set('post_logout_redirect_uri', portalOrigin + RETURN_PATH);
  url.searchParams.set('state', state);
  return url.href;
}

/** Leads to the provider by a page that refreshes, as a sign-in does (decision 009). */
async function leaveForProvider(href: string): Promise<Response> {
  const t = await getTranslations('signIn');
  const provider = config().oidc?.name ?? '';
  return portalPage({
    title: t('signedOut'),
    text: t('endingThere', { provider }),
    link: { label: t('endThere', { provider }), href },
    refresh: { seconds: 0, href },
    headers: await forgetEverything(),
  });
}

/** Receives the browser from the provider. With this sign-out's state, the provider has ended its session. */
export async function finishSignOut(request: NextRequest): Promise<Response> {
  if (await isOwnSignOut(request.nextUrl.searchParams.get('state'))) await forgetSignedOut();
  const headers = { location: config().portalOrigin + SIGNED_OUT, 'cache-control': 'no-store' };
  return new Response(null, { status: 303, headers });
}

/** Leads a browser without a session to `path`. */
export async function forgetBrowser(path: string): Promise<Response> {
  const headers = { ...(await forgetEverything()), location: config().portalOrigin + path };
  return new Response(null, { status: 303, headers });
}

/**
 * Makes the browser forget its session cookies and everything it kept of the portal, and load the next page anew.
 * (ASVS 5.0 7.4.1, 14.3.1) @returns the headers for it.
 */
async function forgetEverything(): Promise<Record<string, string>> {
  const { secure } = config();
  const jar = await cookies();
  clearSessionCookies(jar, secure);
  jar.set(clearedSessionCookie(secure));
  jar.set(pressedCookie(secure, null));
  return { 'cache-control': 'no-store', 'clear-site-data': '"cache", "storage"' };
}
