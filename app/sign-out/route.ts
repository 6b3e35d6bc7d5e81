import { cookies } from 'next/headers';
import type { NextRequest } from 'next/server';
import { sessionCookieName } from '@/lib/auth/cookies';
import { forgetBrowser } from '@/lib/auth/signed-out';
import { config } from '@/lib/config/config';
import { isSameOrigin } from '@/lib/http/same-origin';
import { formRoute } from '@/lib/pages/form-route';
import { getServices } from '@/lib/services';
import { endSessions } from '@/lib/sessions/end';
import { findSession } from '@/lib/sessions/find';
import { hashSessionToken } from '@/lib/sessions/token-hash';

export { onlyPost as GET } from '@/lib/pages/refused';

/**
 * Signs out, here or, with the form's `where=everywhere`, on every device of this person: ends the session and writes
 * the wish to invalidate in one transaction, and only then says "signed out".
 * A plain form posts here, so it works without script, does not queue behind a running action, and is followed by a
 * full load of the next page.
 */
// The cookie stays, too, until the end is stored: a copy of it would still open the account (ASVS 5.0 7.4.1).
export const POST = formRoute({ unconfirmed: 'signOut', back: '/account' }, async (request) => {
  const { secure, portalOrigin } = config();
  if (!isSameOrigin(request.headers, portalOrigin))
    return new Response('Cross-site request refused.\n', { status: 403 });
  const token = (await cookies()).get(sessionCookieName(secure))?.value;
  if (token) await end(token, (await askedFor(request)) === 'everywhere');
  return forgetBrowser('/sign-in?signed-out');
});

async function end(token: string, everywhere: boolean): Promise<void> {
  const services = await getServices();
  // "Everywhere" needs a live session; an expired cookie ends at most its own.
  const session = everywhere ? await findSession(services, token) : null;
  await endSessions(
    services,
    session ? { userId: session.userId } : { tokenHash: hashSessionToken(token) },
    'signed-out',
  );
}

/** What the form asks for; a request without a form means "here". */
async function askedFor(request: NextRequest): Promise<unknown> {
  const form = await request.formData().catch(() => null);
  return form?.get('where');
}
