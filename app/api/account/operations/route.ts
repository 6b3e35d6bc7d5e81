import type { NextRequest } from 'next/server';
import { walletResponse } from '@/lib/auth/wallet-route';
import { describeError, log } from '@/lib/log/log';
import { operationFilter } from '@/lib/wallet/filter-schema';
import { keepLastKnown } from '@/lib/wallet/last-known';
import { findOperations } from '@/lib/wallet/operations';
import { reportFound } from '@/lib/wallet/watch';

/** Returns a page of the signed-in customer's operations. Invalid filters are ignored. */
export function GET(request: NextRequest): Promise<Response> {
  const requested = request.nextUrl.searchParams;
  const filter = operationFilter.parse(Object.fromEntries(requested));
  const skip = /^\d{1,6}$/.test(requested.get('skip') ?? '') ? Number(requested.get('skip')) : 0;
  return walletResponse(async (services, walletId, userId) => {
    const page = await findOperations(services, walletId, filter, skip);
    const isFirst = skip === 0 && Object.values(filter).every((value) => value === '');
    if (isFirst) keepLastKnown(walletId, { operations: { at: Date.now(), page } });
    // The list is worth more than its messages, which the background stores otherwise.
    await reportFound(services, userId, page.operations).catch((error: unknown) => {
      log().warn({ event: 'purchases_not_reported', error: describeError(error) });
    });
    return Response.json(page);
  });
}
