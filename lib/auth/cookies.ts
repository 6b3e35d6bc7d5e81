import { LINK_MINUTES } from '@/lib/mail/link-minutes';
import { safeCallbackPath } from './callback-url';

/** Returns a cookie's name, on https with `__Host-`: no sibling host can set it (ASVS 5.0 3.3.1, 3.3.3). */
function cookieName(secure: boolean, name: string): string {
  return secure ? `__Host-${name}` : name;
}

type SameSite = 'lax' | 'strict';

/** Returns a cookie for the whole portal that no script can read. */
function portalCookie(secure: boolean, name: string, sameSite: SameSite, value: string, maxAge: number) {
  return { name: cookieName(secure, name), value, maxAge, path: '/', httpOnly: true, sameSite, secure } as const;
}

/** Returns the name of the session cookie. */
export function sessionCookieName(secure: boolean): string {
  return cookieName(secure, 'next-auth.session-token');
}

/** Returns next-auth's cookie settings with the portal's names and attributes. Its own default is mostly `__Secure-`. */
export function signInCookies(secure: boolean) {
  const options = { httpOnly: true, sameSite: 'lax', path: '/', secure } as const;
  const named = (name: string) => ({ name: cookieName(secure, `next-auth.${name}`), options });
  return {
    sessionToken: named('session-token'),
    callbackUrl: named('callback-url'),
    csrfToken: named('csrf-token'),
  };
}

const ATTEMPT = 'sign-in-attempt.';
const PRESSED = 'buy-pressed';
const LINK_REQUEST = 'link-request';
const LINK_ADDRESS = 'link-address';
const SIGNED_OUT = 'signed-out';
const DEVICE = 'device';
const DELETED = 'account-deleted';
const DELETED_SECONDS = 60;

/** Returns the cookie of a sign-in at the identity provider. Lax: the provider's redirect is a cross-site navigation. */
export function attemptCookie(secure: boolean, name: string, value: string, maxAge: number) {
  return portalCookie(secure, ATTEMPT + name, 'lax', value, maxAge);
}

/** Returns the names of the browser's attempts, without the prefix, the oldest first. */
export function attemptCookies(all: { name: string }[], secure: boolean): string[] {
  const prefix = cookieName(secure, ATTEMPT);
  const names = all.map(({ name }) => name).filter((name) => name.startsWith(prefix));
  return names.map((name) => name.slice(prefix.length)).sort();
}

/** Returns the name of the cookie that proves that our page opens the widget (lib/http/frame-origin.ts). */
export function pressedCookieName(secure: boolean): string {
  return cookieName(secure, PRESSED);
}

/** Limits the time between the page, or "Buy crypto", and the frame. */
const PRESSED_SECONDS = 60;

/** Returns that cookie, or, with null, one that makes the browser delete it. @param proof of lib/auth/frame-proof.ts. */
export function pressedCookie(secure: boolean, proof: string | null) {
  return portalCookie(secure, PRESSED, 'strict', proof ?? '', proof ? PRESSED_SECONDS : 0);
}

/** Returns a cookie as the value of `Set-Cookie`, for responses that Next does not make (RFC 6265bis 4.1). */
export function toSetCookie({ name, value, maxAge, secure }: ReturnType<typeof pressedCookie>): string {
  return `${name}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}

/** Returns the name of the cookie that marks a browser in which a sign-in link was requested. */
export function linkRequestCookieName(secure: boolean): string {
  return cookieName(secure, LINK_REQUEST);
}

/** Returns the link request cookie. Lax, because a link opened from a mail program is a cross-site navigation. */
export function linkRequestCookie(secure: boolean, value: string) {
  return portalCookie(secure, LINK_REQUEST, 'lax', value, LINK_MINUTES * 60);
}

/** Returns the name of the cookie with the address that a link was requested for, sealed (lib/sign-in/links.ts). */
export function linkAddressCookieName(secure: boolean): string {
  return cookieName(secure, LINK_ADDRESS);
}

/** Returns the link address cookie. It lasts as long as the link. */
export function linkAddressCookie(secure: boolean, sealed: string) {
  return portalCookie(secure, LINK_ADDRESS, 'lax', sealed, LINK_MINUTES * 60);
}

/** Returns the name of the cookie that marks a browser whose person signed out (lib/sign-in/ask-again.ts). */
export function signedOutCookieName(secure: boolean): string {
  return cookieName(secure, SIGNED_OUT);
}

/** Returns the cookie of a sign-out. Lax, because the provider sends the browser back from another site. */
export function signedOutCookie(secure: boolean, value: string, maxAge: number) {
  return portalCookie(secure, SIGNED_OUT, 'lax', value, maxAge);
}

/** Returns the name of the cookie by which a browser is recognised at the next sign-in (lib/sign-in/known-device.ts). */
export function deviceCookieName(secure: boolean): string {
  return cookieName(secure, DEVICE);
}

/** Returns the device cookie. Lax, because the provider sends the browser back from another site. */
export function deviceCookie(secure: boolean, value: string, maxAge: number) {
  return portalCookie(secure, DEVICE, 'lax', value, maxAge);
}

/** Returns the name of the cookie that marks a browser in which an account has just been deleted. */
export function deletedCookieName(secure: boolean): string {
  return cookieName(secure, DELETED);
}

/** Returns the cookie without which the sign-in page does not say that an account was deleted, whatever its address. */
export function deletedCookie(secure: boolean) {
  return portalCookie(secure, DELETED, 'strict', 'yes', DELETED_SECONDS);
}

/** Returns a session cookie that makes the browser delete its own. */
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
 * Matches every cookie that next-auth joins to a session: all whose names begin like the session cookie's.
 * Includes the prefixes of the other scheme, because a browser keeps them when the portal moves to https.
 */
const ANY_SESSION = /^(__[a-z-]+-)?next-auth\.session-token/i;

/** The used part of Next's `cookies()`. */
interface CookieJar {
  getAll(): { name: string; value: string }[];
  set(cookie: ReturnType<typeof clearedSessionCookie>): unknown;
}

/**
 * Deletes the browser's session cookie and every cookie that imitates it.
 * @returns the value of the session cookie, or undefined.
 */
export function clearSessionCookies(jar: CookieJar, secure: boolean): string | undefined {
  const cleared = clearedSessionCookie(secure);
  const all = jar.getAll();
  for (const { name } of all) {
    // Browsers ignore a prefixed cookie without `Secure` (RFC 6265bis 4.1.3).
    if (ANY_SESSION.test(name)) jar.set({ ...cleared, name, secure: secure || name.startsWith('__') });
  }
  return all.find(({ name }) => name === cleared.name)?.value || undefined;
}

/**
 * Deletes the callback URL cookie unless it names a page of the portal. next-auth fails on an invalid address.
 */
export function clearForeignCallbackUrl(jar: CookieJar, secure: boolean, portalOrigin: string): void {
  const { name } = signInCookies(secure).callbackUrl;
  const value = jar.getAll().find((cookie) => cookie.name === name)?.value;
  if (value && value !== portalOrigin + safeCallbackPath(value, portalOrigin))
    jar.set({ ...clearedSessionCookie(secure), name });
}
