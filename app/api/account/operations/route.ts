import type { NextRequest } from 'next/server';
import { answerForWallet } from '@/lib/auth/wallet-route';
import { findOperations } from '@/lib/wallet/operations';
import { operationFilter } from '@/lib/wallet/operations-schema';

/** A page of the operations of whoever is signed in. What the filter does not understand, it leaves out. */
export function GET(request: NextRequest): Promise<Response> {
  const asked = request.nextUrl.searchParams;
  const filter = operationFilter.parse(Object.fromEntries(asked));
  const skip = /^\d{1,6}$/.test(asked.get('skip') ?? '') ? Number(asked.get('skip')) : 0;
  return answerForWallet(async (services, walletId) =>
    Response.json(await findOperations(services, walletId, filter, skip)),
  );
}
