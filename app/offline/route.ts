import { getTranslations } from 'next-intl/server';
import { portalPage } from '@/lib/pages/portal-page';

/** Returns the page that public/offline.js stores and shows without a connection. */
export async function GET(): Promise<Response> {
  const t = await getTranslations('errors.offline');
  return portalPage({
    title: t('title'),
    text: t('text'),
    link: { label: t('action'), href: '' },
    retry: { seconds: 2, by: 'ask' },
  });
}
