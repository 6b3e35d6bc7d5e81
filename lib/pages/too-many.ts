import 'server-only';
import { getTranslations } from 'next-intl/server';
import { portalPage } from './portal-page';
import { asWait } from './wait';

/** Returns the page of a 429 (RFC 6585, section 4) with the time to wait. @param href the page to return to. */
export async function tooManyPage(retryInSeconds: number, href: string): Promise<Response> {
  const t = await getTranslations('errors.refused');
  return portalPage({
    status: 429,
    headers: { 'retry-after': String(retryInSeconds) },
    title: t('rate.title'),
    text: t('rate.text', asWait(retryInSeconds)),
    link: { label: t('back'), href },
  });
}
