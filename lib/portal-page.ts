import 'server-only';
import { getLocale, getTranslations } from 'next-intl/server';
import { currentRequest } from './http/request-context';
import { htmlPage, type PlainPage } from './plain-page';
import { chosenTheme } from './preferences/current';

/**
 * A plain page (lib/plain-page.ts) in the language and theme of whoever asked. A failure names the request, so that
 * support finds it in the log.
 */
export async function portalPage(page: Omit<PlainPage, 'lang' | 'theme' | 'reference'>): Promise<Response> {
  const requestId = currentRequest()?.requestId;
  const t = await getTranslations('errors');
  const failed = (page.status ?? 200) >= 400;
  const reference = failed && requestId ? t('reference', { id: requestId }) : undefined;
  return htmlPage({ lang: await getLocale(), theme: await chosenTheme(), reference, ...page });
}
