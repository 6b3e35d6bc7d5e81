import 'server-only';
import { cookies } from 'next/headers';
import { getTranslations } from 'next-intl/server';
import { config } from '../config';
import { portalPage } from '../portal-page';
import { clearedSessionCookie, clearSessionCookies, handoverCookie } from './cookies';

/**
 * The answer to whoever has no session any more: the browser forgets its cookies and what it kept of the portal, and
 * loads the next page anew. (ASVS 5.0 7.4.1, 14.3.1)
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

/** What could not be stored has not happened: nobody is told that it has. @param href where to try again. */
export async function notDone(what: 'signOut' | 'notDeleted', href: string): Promise<Response> {
  const t = await getTranslations('errors');
  return portalPage({
    status: 503,
    headers: { 'retry-after': '5' },
    title: t(`${what}.title`),
    text: t(`${what}.text`),
    link: { label: t(`${what}.action`), href },
  });
}
