import { getTranslations } from 'next-intl/server';
import { config } from '@/lib/config';
import { REFUSAL_STATUS, type Refusal } from '@/lib/http/request-guard';
import { portalPage } from '@/lib/portal-page';

type Context = { params: Promise<{ reason: string }> };

/** What proxy.ts answers, under the address that was asked for, to a request that may not pass. */
async function explain(_request: Request, { params }: Context): Promise<Response> {
  const { reason } = await params;
  if (!isRefusal(reason)) return new Response(null, { status: 404 });
  const t = await getTranslations('errors.refused');
  return portalPage({
    status: REFUSAL_STATUS[reason],
    headers: reason === 'method' ? { allow: 'GET, HEAD, POST' } : {},
    title: t(`${reason}.title`),
    text: t(`${reason}.text`),
    // The one address that is right, wherever the request was sent to.
    link: { label: t('action'), href: `${config().portalOrigin}/` },
  });
}

export { explain as DELETE, explain as GET, explain as OPTIONS, explain as PATCH, explain as POST, explain as PUT };

function isRefusal(reason: string): reason is Refusal {
  return Object.hasOwn(REFUSAL_STATUS, reason);
}
