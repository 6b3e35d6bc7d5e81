import 'server-only';
import { TZDate } from '@date-fns/tz';
import { brand } from '@/lib/brand/brand';
import { MalformedResponseError, RejectedError } from '@/lib/kunacore/errors';
import type { Operation as KunaCoreOperation, OperationSearch } from '@/lib/kunacore/operations';
import type { Services } from '@/lib/services';
import type { OperationFilter } from './filter-schema';
import type { Operation, OperationsPage } from './operations-schema';

const PAGE = 20;
/** Operations per call where all are needed. */
const BATCH = 100;

/**
 * Returns a page of a wallet's operations, newest first.
 * @param walletId the session's own; it never comes from the browser.
 * @throws a KunaCoreError
 */
export async function findOperations(
  services: Pick<Services, 'kunacore'>,
  walletId: string,
  filter: OperationFilter,
  skip: number,
): Promise<OperationsPage> {
  const found = await find(services, { walletId, ...searchOf(filter), skip, take: PAGE });
  return { operations: newestFirst(found), next: found.length < PAGE ? null : skip + PAGE };
}

/** Returns a wallet's matching operations, newest first, up to a limit. @throws a KunaCoreError */
export async function findAllOperations(
  services: Pick<Services, 'kunacore'>,
  walletId: string,
  filter: OperationFilter,
  limit: number,
): Promise<Operation[]> {
  return findAll(services, { walletId, ...searchOf(filter) }, limit);
}

async function findAll(
  services: Pick<Services, 'kunacore'>,
  search: Omit<OperationSearch, 'skip' | 'take'>,
  limit: number,
): Promise<Operation[]> {
  const found = new Map<string, Operation>();
  for (let skip = 0; skip < limit; skip += BATCH) {
    const batch = await find(services, { ...search, skip, take: BATCH });
    // A new operation shifts the rest, so one may be returned twice.
    for (const operation of batch) found.set(operation.id, operation);
    if (batch.length < BATCH) break;
  }
  return newestFirst([...found.values()]).slice(0, limit);
}

/** Returns a wallet's operations that began at this time or later, up to a limit. @throws a KunaCoreError */
export async function findOperationsSince(
  services: Pick<Services, 'kunacore'>,
  walletId: string,
  since: Date,
  limit: number,
): Promise<Operation[]> {
  return findAll(services, { walletId, dateFrom: since.toISOString() }, limit);
}

/**
 * Returns one of a wallet's operations, or null where the wallet has none with this id. A foreign id and an unknown one
 * are the same.
 * @param walletId the session's own; it never comes from the browser. The id may.
 * @throws a KunaCoreError
 */
export async function findOperation(
  { kunacore }: Pick<Services, 'kunacore'>,
  walletId: string,
  id: string,
): Promise<Operation | null> {
  try {
    const found = await kunacore.getOperation(id);
    // The id may be of any wallet, so an operation that names none is not shown either.
    return found?.walletId === walletId ? toOurs(found, walletId) : null;
  } catch (error) {
    if (error instanceof RejectedError && (error.isFinal || error.status === 403)) return null;
    throw error;
  }
}

async function find({ kunacore }: Pick<Services, 'kunacore'>, search: OperationSearch): Promise<Operation[]> {
  const found = await kunacore.findOperations(search);
  // If any row belongs to another wallet, the whole response is rejected.
  const foreign = found.some(({ walletId }) => walletId !== undefined && walletId !== search.walletId);
  if (foreign) throw new MalformedResponseError('/v2/operation/find', 'operations of another wallet');
  return found.map((operation) => toOurs(operation, search.walletId ?? ''));
}

function toOurs({ id, type, status, ...optional }: KunaCoreOperation, walletId: string): Operation {
  const { sourceAsset, sourceAmount, targetAsset, targetAmount, fee, createdAt, updatedAt } = optional;
  const known = { sourceAsset, sourceAmount, targetAsset, targetAmount, fee, createdAt, updatedAt };
  const orNull = Object.fromEntries(Object.entries(known).map(([name, value]) => [name, value ?? null]));
  return { id, walletId, type, status, ...(orNull as Record<keyof typeof known, string | null>) };
}

/** Sorts operations, because KunaCore documents no order. ISO 8601 texts of one zone sort as times do. */
function newestFirst(operations: Operation[]): Operation[] {
  return operations.toSorted((one, other) => (other.createdAt ?? '').localeCompare(one.createdAt ?? ''));
}

function searchOf({ type, status, asset, from, to }: OperationFilter): Partial<OperationSearch> {
  const search = {
    type,
    status,
    targetAsset: asset,
    dateFrom: from && midnight(from, 0).toISOString(),
    dateTo: to && endOf(to),
  };
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value));
}

/** Returns the last millisecond of a day; days with a clock change have 23 or 25 hours. */
function endOf(day: string): string {
  return new Date(midnight(day, 1).getTime() - 1).toISOString();
}

/** Returns the first moment of a day (`2026-11-23`), or of a later one, in the institution's time zone. */
function midnight(day: string, daysLater: number): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  // A plain Date: a TZDate formats with its own offset, KunaCore's times are UTC.
  return new Date(new TZDate(year, month - 1, date + daysLater, brand.timeZone).getTime());
}
