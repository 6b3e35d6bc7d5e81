import { cookies } from 'next/headers';
import { deletedCookie } from '@/lib/auth/cookies';
import { currentSession, signInAgainPath } from '@/lib/auth/session';
import { config } from '@/lib/config/config';
import { isSameOrigin } from '@/lib/http/same-origin';
import { formRoute } from '@/lib/pages/form-route';
import { methodNotAllowed } from '@/lib/pages/refused';
import { tooManyPage } from '@/lib/pages/too-many';
import { deleteUser } from '@/lib/privacy/delete-user';
import { countFor } from '@/lib/rate-limits/request';
import { getServices } from '@/lib/services';
import { markSignedOut } from '@/lib/sign-in/ask-again';
import { forgetBrowser } from '@/lib/sign-in/sign-out';

export const GET = methodNotAllowed('POST');

/**
 * Deletes the account: a plain form, like "Sign out". One transaction ends every session and the authorisation, and
 * removes the personal data (lib/privacy/delete-user.ts).
 */
export const POST = formRoute({ unconfirmed: 'delete', back: '/account/details' }, async (request) => {
  const { portalOrigin } = config();
  if (!isSameOrigin(request.headers, portalOrigin)) return new Response(null, { status: 403 });
  const form = await request.formData().catch(() => new FormData());
  const back = (path: string) => new Response(null, { status: 303, headers: { location: portalOrigin + path } });
  const session = await currentSession();
  if (!session) return back('/sign-in?callbackUrl=%2Faccount%2Fdetails');
  const use = await countFor('own-data-account', session.userId);
  if (!use.allowed) return tooManyPage(use.retryInSeconds, '/account/details');
  // Without a fragment: the box has the focus, without script too (HTML, "flush autofocus candidates").
  if (form.get('confirm') !== 'yes') return back('/account/details?unconfirmed');
  if (!session.fresh) return back(signInAgainPath('/account/details'));
  await deleteUser(await getServices(), session.userId);
  await markSignedOut();
  (await cookies()).set(deletedCookie(config().secure));
  return forgetBrowser('/sign-in?deleted');
});
