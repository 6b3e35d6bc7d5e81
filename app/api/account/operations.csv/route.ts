import type { NextRequest } from 'next/server';
import { getLocale, getTranslations } from 'next-intl/server';
import { documentResponse } from '@/lib/auth/document-route';
import { brand } from '@/lib/brand/brand';
import { download } from '@/lib/pages/download';
import { operationFilter } from '@/lib/wallet/filter-schema';
import { operationWords } from '@/lib/wallet/operation-words';
import { findAllOperations } from '@/lib/wallet/operations';
import { type CsvFormat, operationsCsv } from '@/lib/wallet/operations-csv';

/** Bounds the work that one click causes. */
const MOST = 10_000;

/** Returns the customer's operations as a file for a spreadsheet, filtered like the page that offers it. */
export async function GET(request: NextRequest): Promise<Response> {
  const filter = operationFilter.parse(Object.fromEntries(request.nextUrl.searchParams));
  const page = `/account/activity?${new URLSearchParams({ ...filter, export: 'failed' })}`;
  return documentResponse(page, async (services, walletId) => {
    const operations = await findAllOperations(services, walletId, filter, MOST);
    return download('operations', operationsCsv(operations, await csvFormat()));
  });
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
