import 'server-only';
import { cookies } from 'next/headers';
import type { NextRequest } from 'next/server';
import { config } from '@/lib/config/config';
import { isSameOrigin } from '@/lib/http/same-origin';
import { getServices } from '@/lib/services';
import { endSessions } from '@/lib/sessions/end';
import { findSession } from '@/lib/sessions/find';
import { hashSessionToken } from '@/lib/sessions/token-hash';
import { clearedSessionCookie, clearSessionCookies, pressedCookie, sessionCookieName } from './cookies';

/**
 * Signs out, here or, with the form's `where=everywhere`, on every device of this person. The cookie stays until the
 * end is stored, because a copy of it would still open the account (ASVS 5.0 7.4.1).
 */
export async function signOut(request: NextRequest): Promise<Response> {
  const { secure, portalOrigin } = config();
  if (!isSameOrigin(request.headers, portalOrigin))
    return new Response('Cross-site request refused.\n', { status: 403 });
  const token = (await cookies()).get(sessionCookieName(secure))?.value;
  const form = await request.formData().catch(() => null);
  if (token) await endSession(token, form?.get('where') === 'everywhere');
  return forgetBrowser('/sign-in?signed-out');
}

async function endSession(token: string, everywhere: boolean): Promise<void> {
  const services = await getServices();
  // "Everywhere" needs a live session; an expired cookie ends at most its own.
  const session = everywhere ? await findSession(services, token) : null;
  const which = session ? { userId: session.userId } : { tokenHash: hashSessionToken(token) };
  await endSessions(services, which, 'signed-out');
}

/**
 * Leads a browser without a session to `path`. It forgets its cookies and everything it kept of the portal, and loads
 * the next page anew. (ASVS 5.0 7.4.1, 14.3.1)
 */
export async function forgetBrowser(path: string): Promise<Response> {
  const { secure, portalOrigin } = config();
  const jar = await cookies();
  clearSessionCookies(jar, secure);
  jar.set(clearedSessionCookie(secure));
  jar.set(pressedCookie(secure, false));
  const headers = { 'cache-control': 'no-store', 'clear-site-data': '"cache", "storage"' };
  return new Response(null, { status: 303, headers: { ...headers, location: portalOrigin + path } });
}
