import type { NextRequest } from 'next/server';
import { getLocale, getTranslations } from 'next-intl/server';
import { walletResponse } from '@/lib/auth/wallet-route';
import { brand } from '@/lib/brand/brand';
import { config } from '@/lib/config/config';
import { download } from '@/lib/pages/download';
import { tooManyPage } from '@/lib/pages/too-many';
import { countFor } from '@/lib/rate-limits/request';
import { operationFilter } from '@/lib/wallet/filter-schema';
import { operationWords } from '@/lib/wallet/operation-words';
import { findAllOperations } from '@/lib/wallet/operations';
import { type CsvFormat, operationsCsv } from '@/lib/wallet/operations-csv';

/** Bounds the work that one click causes. */
const MOST = 10_000;

/** Returns the customer's operations as a file for a spreadsheet, filtered like the page that offers it. */
export async function GET(request: NextRequest): Promise<Response> {
  const filter = operationFilter.parse(Object.fromEntries(request.nextUrl.searchParams));
  const response = await walletResponse(async (services, walletId, userId) => {
    const use = await countFor('csv-account', userId);
    if (!use.allowed) return tooManyPage(use.retryInSeconds, '/account/activity');
    const operations = await findAllOperations(services, walletId, filter, MOST);
    return download('operations', operationsCsv(operations, await csvFormat()));
  });
  // A person followed a link, so a page reports the problem.
  if (response.ok || response.status === 429) return response;
  const back = new URL('/account/activity', config().portalOrigin);
  back.search = new URLSearchParams({ ...filter, export: 'failed' }).toString();
  return new Response(null, { status: 303, headers: { location: back.href, 'cache-control': 'no-store' } });
}

/** Returns the person's language and the institution's time zone, as on the page. */
async function csvFormat(): Promise<CsvFormat> {
  const activity = await getTranslations('activity');
  const operations = await getTranslations('operations');
  const { timeZone } = brand;
  return {
    language: await getLocale(),
    timeZone,
    heading: (column) => activity(`file.${column}`, { zone: timeZone }),
    words: (operation) => operationWords(operations, operation),
  };
}
