import { getLocale, getTranslations } from 'next-intl/server';
import { htmlPage } from '@/lib/plain-page';
import { chosenTheme } from '@/lib/preferences/current';

/** What public/offline.js keeps for the moment when there is no connection. */
export async function GET(): Promise<Response> {
  const t = await getTranslations('errors.offline');
  return htmlPage({
    lang: await getLocale(),
    theme: await chosenTheme(),
    title: t('title'),
    text: t('text'),
    link: { label: t('action'), href: '' },
  });
}
