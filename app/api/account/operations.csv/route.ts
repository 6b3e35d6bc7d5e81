import type { NextRequest } from 'next/server';
import { config } from '@/lib/config';
import { findAllOperations } from '@/lib/customers/operations';
import { operationsCsv } from '@/lib/customers/operations-csv';
import { operationFilter } from '@/lib/customers/operations-schema';
import { answerForWallet } from '@/lib/customers/wallet-route';
import { countFor } from '@/lib/rate-limits/request';
import { tooManyPage } from '@/lib/rate-limits/too-many';

/** Bounds the work that one click may cause. */
const MOST = 10_000;

/** The operations of whoever is signed in as a file for a spreadsheet, filtered like the page that offers it. */
export async function GET(request: NextRequest): Promise<Response> {
  const filter = operationFilter.parse(Object.fromEntries(request.nextUrl.searchParams));
  const answer = await answerForWallet(async (services, walletId, userId) => {
    const use = await countFor('csv-account', userId);
    if (!use.allowed) return tooManyPage(use.retryInSeconds, '/account/activity');
    const operations = await findAllOperations(services, walletId, filter, MOST);
    return new Response(operationsCsv(operations), {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="operations.csv"',
      },
    });
  });
  // A person followed a link: a page says what went wrong.
  if (answer.ok || answer.status === 429) return answer;
  const back = new URL('/account/activity', config().portalOrigin);
  back.search = new URLSearchParams({ ...filter, export: 'failed' }).toString();
  return new Response(null, { status: 303, headers: { location: back.href, 'cache-control': 'no-store' } });
}
