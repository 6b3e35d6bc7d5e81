import { LINK_MINUTES } from '@/lib/mail/link-minutes';
import { safeCallbackPath } from './callback-url';

/** How long a sign-in at the identity provider may take, in seconds. */
const SIGN_IN_SECONDS = 15 * 60;

/** A cookie's name. On https `__Host-`: no sibling host can set or read it (ASVS 5.0 3.3.1, 3.3.3). */
function cookieName(secure: boolean, name: string): string {
  return secure ? `__Host-${name}` : name;
}

/** The session cookie's name. */
export function sessionCookieName(secure: boolean): string {
  return cookieName(secure, 'next-auth.session-token');
}

/** Every cookie of next-auth, under names and with attributes of ours: its defaults are `__Secure-` for most. */
export function signInCookies(secure: boolean) {
  const options = { httpOnly: true, sameSite: 'lax', path: '/', secure } as const;
  const named = (name: string, maxAge?: number) => ({
    name: cookieName(secure, `next-auth.${name}`),
    options: maxAge ? { ...options, maxAge } : options,
  });
  return {
    sessionToken: named('session-token'),
    callbackUrl: named('callback-url'),
    csrfToken: named('csrf-token'),
    pkceCodeVerifier: named('pkce.code_verifier', SIGN_IN_SECONDS),
    state: named('state', SIGN_IN_SECONDS),
    nonce: named('nonce', SIGN_IN_SECONDS),
  };
}

/** The name of the cookie that carries a sealed widget token from "Buy crypto" to the frame. */
export function handoverCookieName(secure: boolean): string {
  return cookieName(secure, 'widget-handover');
}

/** That cookie, as it is set; with no value and an age of 0 it is taken back. */
export function handoverCookie(secure: boolean, value: string, maxAge: number) {
  return {
    name: handoverCookieName(secure),
    value,
    maxAge,
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure,
  } as const;
}

/** The name of the cookie that tells whether a link was asked for in this browser. */
export function linkRequestCookieName(secure: boolean): string {
  return cookieName(secure, 'link-request');
}

/** That cookie. Lax: the link is followed from a mail, which is another site. */
export function linkRequestCookie(secure: boolean, value: string) {
  return {
    name: linkRequestCookieName(secure),
    value,
    maxAge: LINK_MINUTES * 60,
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
  } as const;
}

/** A session cookie without value or life: the browser forgets it. */
export function clearedSessionCookie(secure: boolean) {
  return {
    name: sessionCookieName(secure),
    value: '',
    maxAge: 0,
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
  } as const;
}

/**
 * Every cookie of a browser that next-auth would join to a session: it takes all whose names begin like the session's.
 * Names of another scheme's prefix are among them, for a browser keeps them when the portal moves to https.
 */
const ANY_SESSION = /^(__[a-z-]+-)?next-auth\.session-token/i;

/** What `cookies()` of Next can do, as far as it is needed here. */
interface CookieJar {
  getAll(): { name: string; value: string }[];
  set(cookie: ReturnType<typeof clearedSessionCookie>): unknown;
}

/**
 * Makes the browser forget its session cookie and every cookie that imitates one.
 * @returns the session's own value, if there was one.
 */
export function clearSessionCookies(jar: CookieJar, secure: boolean): string | undefined {
  const cleared = clearedSessionCookie(secure);
  const all = jar.getAll();
  for (const { name } of all) {
    // A browser ignores what clears a prefixed cookie without `Secure` (RFC 6265bis 4.1.3).
    if (ANY_SESSION.test(name)) jar.set({ ...cleared, name, secure: secure || name.startsWith('__') });
  }
  return all.find(({ name }) => name === cleared.name)?.value || undefined;
}

/**
 * Makes the browser forget where to go after signing in, unless it is a page of the portal: next-auth fails on anything
 * that is no address.
 */
export function clearForeignCallbackUrl(jar: CookieJar, secure: boolean, portalOrigin: string): void {
  const { name } = signInCookies(secure).callbackUrl;
  const value = jar.getAll().find((cookie) => cookie.name === name)?.value;
  if (value && value !== portalOrigin + safeCallbackPath(value, portalOrigin))
    jar.set({ ...clearedSessionCookie(secure), name });
}
