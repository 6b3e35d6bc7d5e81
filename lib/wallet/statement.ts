import 'server-only';
import { brand } from '@/lib/brand/brand';
import { formatForSpreadsheet } from '@/lib/date-format';
import { sum } from '@/lib/money/value';
import type { Services } from '@/lib/services';
import { type OperationFilter, operationFilter } from './filter-schema';
import { findAllOperations } from './operations';
import type { Operation } from './operations-schema';

/** Bounds the length of a statement. The spreadsheet holds more. */
const MOST = 1_000;

/** Whole days in the institution's time zone. */
export type Period = Pick<OperationFilter, 'from' | 'to'>;

/** The completed operations of a period, the oldest first. */
export interface Statement {
  operations: Operation[];
  /** There are more than a statement holds. */
  isCut: boolean;
}

/** Returns the requested period; without one, the year until today. */
export function periodOf(requested: Record<string, unknown>, now = new Date()): Period {
  const { from, to } = operationFilter.parse(requested);
  const today = formatForSpreadsheet(now.toISOString(), brand.timeZone)?.slice(0, 10) ?? '';
  const end = to || today;
  return { from: from || `${end.slice(0, 4)}-01-01`, to: end };
}

/** Returns a wallet's completed operations of a period. @param walletId the session's own. @throws a KunaCoreError */
export async function readStatement(
  services: Pick<Services, 'kunacore'>,
  walletId: string,
  period: Period,
): Promise<Statement> {
  const filter = operationFilter.parse({ ...period, status: 'Completed' });
  const found = await findAllOperations(services, walletId, filter, MOST + 1);
  const completed = found.filter(({ status }) => status === 'Completed');
  return { operations: completed.slice(0, MOST).toReversed(), isCut: completed.length > MOST };
}

/** The sum of the amounts of one asset. */
export interface Total {
  asset: string;
  amount: string;
}

/** Returns what was paid and what was received, by asset. */
export function totalsOf(operations: Operation[]): { paid: Total[]; received: Total[] } {
  return {
    paid: totals(operations.map(({ sourceAsset, sourceAmount }) => [sourceAsset, sourceAmount])),
    received: totals(operations.map(({ targetAsset, targetAmount }) => [targetAsset, targetAmount])),
  };
}

function totals(amounts: [string | null, string | null][]): Total[] {
  const byAsset = new Map<string, string[]>();
  for (const [asset, amount] of amounts)
    if (asset && amount) byAsset.set(asset, [...(byAsset.get(asset) ?? []), amount]);
  return [...byAsset].map(([asset, all]) => ({ asset, amount: sum(all) }));
}
