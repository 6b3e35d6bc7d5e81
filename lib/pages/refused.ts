import 'server-only';
import { getTranslations } from 'next-intl/server';
import { config } from '@/lib/config/config';
import { REFUSAL_STATUS } from '@/lib/http/request-guard';
import type { Refusal } from '@/lib/request-context';
import { portalPage } from './portal-page';

/** Returns the page of a rejected request, with the reason and a link to the portal. */
export async function refusedPage(reason: Refusal, headers: Record<string, string> = {}): Promise<Response> {
  const t = await getTranslations('errors.refused');
  return portalPage({
    status: REFUSAL_STATUS[reason],
    headers,
    title: t(`${reason}.title`),
    text: t(`${reason}.text`),
    // The request may have used a wrong host.
    link: { label: t('action'), href: `${config().portalOrigin}/` },
  });
}

/** Makes a handler for a method that a route does not have, e.g. a GET of a typed or restored form address. */
export function methodNotAllowed(allow: string): () => Promise<Response> {
  return () => refusedPage('method', { allow });
}
