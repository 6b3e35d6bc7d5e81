import { cookies } from 'next/headers';
import type { NextRequest } from 'next/server';
import { hashSessionToken } from '@/lib/auth/adapter';
import { sessionCookieName } from '@/lib/auth/cookies';
import { isSameOrigin } from '@/lib/auth/origin';
import { findSession } from '@/lib/auth/session';
import { forgetBrowser, notDone } from '@/lib/auth/signed-out';
import { endSessions } from '@/lib/authorisations/end';
import { config } from '@/lib/config';
import { describeError, log } from '@/lib/log';
import { services } from '@/lib/services';

export { onlyPost as GET } from '@/lib/http/refused-page';

/**
 * Signs out, here or, with the form's `where=everywhere`, on every device of this person: ends the session and writes
 * the wish to invalidate in one transaction, and only then says "signed out".
 * A plain form posts here, so it works without script, does not queue behind a running action, and is followed by a
 * full load of the next page.
 */
export async function POST(request: NextRequest): Promise<Response> {
  const { secure, portalOrigin } = config();
  if (!isSameOrigin(request.headers, portalOrigin))
    return new Response('Cross-site request refused.\n', { status: 403 });
  const token = (await cookies()).get(sessionCookieName(secure))?.value;
  try {
    if (token) await end(token, (await askedFor(request)) === 'everywhere');
  } catch (error) {
    log().error({ event: 'sign_out_failed', error: describeError(error) });
    // The cookie stays, too: a copy of it would still open the account (ASVS 5.0 7.4.1).
    return notDone('signOut', '/account');
  }
  return forgetBrowser('/sign-in?signed-out');
}

async function end(token: string, everywhere: boolean): Promise<void> {
  const parts = await services();
  // Whoever holds a cookie that is good no more has nothing to say about other devices.
  const session = everywhere ? await findSession(services, token) : null;
  await endSessions(parts, session ? { userId: session.userId } : { tokenHash: hashSessionToken(token) }, 'signed-out');
}

/** What the form asks for; a request without a form means "here". */
async function askedFor(request: NextRequest): Promise<unknown> {
  const form = await request.formData().catch(() => null);
  return form?.get('where');
}
