import 'server-only';
import { getTranslations } from 'next-intl/server';
import { config } from '../config';
import { portalPage } from '../portal-page';
import { REFUSAL_STATUS, type Refusal } from './request-guard';

/** The page of a refusal: why, and a way on. */
export async function refusedPage(reason: Refusal, headers: Record<string, string> = {}): Promise<Response> {
  const t = await getTranslations('errors.refused');
  return portalPage({
    status: REFUSAL_STATUS[reason],
    headers,
    title: t(`${reason}.title`),
    text: t(`${reason}.text`),
    // The one address that is right, wherever the request was sent to.
    link: { label: t('action'), href: `${config().portalOrigin}/` },
  });
}

/** GET where only forms post to: an address that somebody typed, or that a browser restored. */
export function onlyPost(): Promise<Response> {
  return refusedPage('method', { allow: 'POST' });
}
