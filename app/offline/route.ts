import { getTranslations } from 'next-intl/server';
import { portalPage } from '@/lib/pages/portal-page';

/** What public/offline.js keeps for the moment when there is no connection. */
export async function GET(): Promise<Response> {
  const t = await getTranslations('errors.offline');
  return portalPage({
    title: t('title'),
    text: t('text'),
    link: { label: t('action'), href: '' },
  });
}
