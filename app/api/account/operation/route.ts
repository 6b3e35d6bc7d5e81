import type { NextRequest } from 'next/server';
import { walletResponse } from '@/lib/auth/wallet-route';
import { operationId } from '@/lib/wallet/filter-schema';
import { findOperation } from '@/lib/wallet/operations';

/** Returns the operation with `?id=` as a list of one, or an empty list where the signed-in customer has none. */
export function GET(request: NextRequest): Promise<Response> {
  const id = operationId(request.nextUrl.searchParams.get('id'));
  return walletResponse(async (services, walletId) => {
    const found = id && (await findOperation(services, walletId, id));
    return Response.json({ operations: found ? [found] : [] });
  });
}
