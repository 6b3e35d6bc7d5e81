import 'server-only';
import { getLocale, getTranslations } from 'next-intl/server';
import { type HtmlPage, htmlPage } from '@/lib/html/page';
import { chosenTheme } from '@/lib/preferences/current';
import { currentRequest } from '@/lib/request-context';
import { shortNumber } from '@/lib/utils';

/**
 * Returns an HTML page (lib/html/page.ts) in the person's language and theme. Adds the short number of the request to error pages, so
 * that support finds the request in the log.
 */
export async function portalPage(page: Omit<HtmlPage, 'lang' | 'theme' | 'reference'>): Promise<Response> {
  const requestId = currentRequest()?.requestId;
  const t = await getTranslations('errors');
  const failed = (page.status ?? 200) >= 400;
  const number = failed && requestId ? shortNumber(requestId) : undefined;
  const reference = number ? { text: t('reference', { id: number }), number } : undefined;
  return htmlPage({ lang: await getLocale(), theme: await chosenTheme(), reference, ...page });
}
