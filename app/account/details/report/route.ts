import { getTranslations } from 'next-intl/server';
import { currentSession } from '@/lib/auth/session';
import { brand } from '@/lib/brand/brand';
import { config } from '@/lib/config/config';
import { isSameOrigin } from '@/lib/http/same-origin';
import { reportWrong } from '@/lib/kyc/report-wrong';
import { formRoute } from '@/lib/pages/form-route';
import { portalPage } from '@/lib/pages/portal-page';
import { methodNotAllowed } from '@/lib/pages/refused';
import { tooManyPage } from '@/lib/pages/too-many';
import { countFor } from '@/lib/rate-limits/request';
import { getServices } from '@/lib/services';

const DETAILS = '/account/details';

export const GET = methodNotAllowed('POST');

/** Records that the person says a verified field is wrong, and tells them whom to ask: the portal cannot correct it. */
export const POST = formRoute({ unconfirmed: 'report', back: DETAILS }, async (request) => {
  const { portalOrigin } = config();
  if (!isSameOrigin(request.headers, portalOrigin)) return new Response(null, { status: 403 });
  const form = await request.formData().catch(() => new FormData());
  const back = (path: string) => new Response(null, { status: 303, headers: { location: portalOrigin + path } });
  const session = await currentSession();
  if (!session) return back('/sign-in?callbackUrl=%2Faccount%2Fdetails');
  const use = await countFor('own-data-account', session.userId);
  if (!use.allowed) return tooManyPage(use.retryInSeconds, DETAILS);
  const field = await reportWrong(await getServices(), session.userId, form.get('field'));
  if (!field) return back(DETAILS);
  const t = await getTranslations('kyc.reported');
  const name = (await getTranslations('details'))(field);
  return portalPage({
    title: t('title'),
    text: t('text', { field: name, email: brand.support.email, phone: brand.support.phone }),
    link: { label: t('action'), href: DETAILS },
  });
});
