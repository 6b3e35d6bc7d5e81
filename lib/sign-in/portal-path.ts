import 'server-only';
import { config } from '@/lib/config/config';

/**
 * Turns where next-auth sends a browser into a page of ours. next-auth leads to pages of its own on the way, which
 * the portal does not serve (app/api/auth), and puts the words of its errors into their addresses.
 * @param callbackPath where the person wanted to go; a failed sign-in keeps it.
 * @returns a path, or an address of the identity provider.
 */
export function toPortalPath(location: string | null, callbackPath: string): string {
  const { portalOrigin } = config();
  if (!location || !URL.canParse(location, portalOrigin)) return failed('Callback', callbackPath);
  const url = new URL(location, portalOrigin);
  if (url.origin !== portalOrigin) return url.href;
  if (url.pathname === '/api/auth/verify-request') return '/sign-in/check-email';
  const isFailure = url.pathname.startsWith('/api/auth/') || url.pathname === '/sign-in';
  return isFailure ? failed(url.searchParams.get('error'), callbackPath) : url.pathname + url.search;
}

/** The sign-in page that says why. A word that is no code says nothing to anybody. */
function failed(error: string | null, callbackPath: string): string {
  const code = error && /^[A-Za-z]+$/.test(error) ? error : 'Callback';
  return `/sign-in?${new URLSearchParams({ callbackUrl: callbackPath, error: code })}`;
}
