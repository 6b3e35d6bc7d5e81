import 'server-only';
import { cookies } from 'next/headers';
import { config } from '@/lib/config/config';
import { clearedSessionCookie, clearSessionCookies, handoverCookie } from './cookies';

/**
 * Returns the redirect that follows the end of a session. Deletes the browser's cookies, cache and storage of the
 * portal. (ASVS 5.0 7.4.1, 14.3.1)
 */
export async function forgetBrowser(path: string): Promise<Response> {
  const { secure, portalOrigin } = config();
  const jar = await cookies();
  clearSessionCookies(jar, secure);
  jar.set(clearedSessionCookie(secure));
  jar.set(handoverCookie(secure, '', 0));
  const headers = { 'cache-control': 'no-store', 'clear-site-data': '"cache", "storage"' };
  return new Response(null, { status: 303, headers: { ...headers, location: portalOrigin + path } });
}
