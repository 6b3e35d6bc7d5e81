import 'server-only';
import { getLocale, getTranslations } from 'next-intl/server';
import { type HtmlPage, htmlPage } from '@/lib/html/page';
import { chosenTheme } from '@/lib/preferences/current';
import { currentRequest } from '@/lib/request-context';

/**
 * Returns an HTML page (lib/html/page.ts) in the person's language and theme. Adds the request id to error pages, so
 * that support finds the request in the log.
 */
export async function portalPage(page: Omit<HtmlPage, 'lang' | 'theme' | 'reference'>): Promise<Response> {
  const requestId = currentRequest()?.requestId;
  const t = await getTranslations('errors');
  const failed = (page.status ?? 200) >= 400;
  const reference = failed && requestId ? t('reference', { id: requestId }) : undefined;
  return htmlPage({ lang: await getLocale(), theme: await chosenTheme(), reference, ...page });
}
