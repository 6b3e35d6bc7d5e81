import { getTranslations } from 'next-intl/server';
import { portalPage } from '@/lib/pages/portal-page';

/** Returns the page to which proxy.ts rewrites requests while the database is unavailable. */
export async function GET(): Promise<Response> {
  const t = await getTranslations('errors.unavailable');
  return portalPage({
    status: 503,
    headers: { 'retry-after': '5' },
    title: t('title'),
    text: t('text'),
    link: { label: t('action'), href: '' },
    retry: { seconds: 5, by: 'ask' },
  });
}

export { GET as POST };
