import 'server-only';
import { config } from '@/lib/config/config';

/**
 * Translates a redirect of next-auth into a page of the portal. next-auth redirects to pages of its own, which the
 * portal does not serve (app/api/auth), and puts error messages into their addresses.
 * @param callbackPath the page to open after sign-in; kept when the sign-in fails.
 * @returns a path, or an address of the identity provider.
 */
export function toPortalPath(location: string | null, callbackPath: string): string {
  const { portalOrigin } = config();
  if (!location || !URL.canParse(location, portalOrigin)) return signInErrorPath('Callback', callbackPath);
  const url = new URL(location, portalOrigin);
  if (url.origin !== portalOrigin) return url.href;
  if (url.pathname === '/api/auth/verify-request') return '/sign-in/check-email';
  const isFailure = url.pathname.startsWith('/api/auth/') || url.pathname === '/sign-in';
  return isFailure ? signInErrorPath(url.searchParams.get('error'), callbackPath) : url.pathname + url.search;
}

/** Returns the sign-in page with an error code. Replaces anything but a code by `Callback`. */
export function signInErrorPath(error: string | null, callbackPath: string): string {
  const code = error && /^[A-Za-z]+$/.test(error) ? error : 'Callback';
  return `/sign-in?${new URLSearchParams({ callbackUrl: callbackPath, error: code })}`;
}
