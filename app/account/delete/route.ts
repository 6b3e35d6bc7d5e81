import { isSameOrigin } from '@/lib/auth/origin';
import { currentSession } from '@/lib/auth/session';
import { forgetBrowser } from '@/lib/auth/signed-out';
import { config } from '@/lib/config';
import { formRoute } from '@/lib/http/form-route';
import { countFor } from '@/lib/rate-limits/request';
import { tooManyPage } from '@/lib/rate-limits/too-many';
import { services } from '@/lib/services';
import { deleteUser } from '@/lib/users/delete';

export { onlyPost as GET } from '@/lib/http/refused-page';

/**
 * "Delete my account": a plain form, like "Sign out". Ends every session and with them the authorisation, and removes
 * the personal data, in one transaction (lib/users/delete.ts); only then says so.
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
  if (form.get('confirm') !== 'yes') return back('/account/details?unconfirmed#your-data');
  await deleteUser(await services(), session.userId);
  return forgetBrowser('/sign-in?deleted');
});
