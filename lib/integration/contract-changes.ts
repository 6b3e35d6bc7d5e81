import 'server-only';
import { desc, gte, lt, max, sql, sum } from 'drizzle-orm';
import { kunacoreContractChanges as changes } from '@/lib/db/schema';
import type { ContractChange, ContractWatch } from '@/lib/kunacore/contract-watch';
import type { Services } from '@/lib/services';

type Used = Pick<Services, 'db'>;

/**
 * Adds this process's differences from the contract to those of the other instances, in one statement. Those that cannot
 * be stored are lost: they are figures for a page.
 * @throws the driver's error.
 */
export async function storeContractChanges({ db }: Used, watch: ContractWatch): Promise<void> {
  const taken = watch.take();
  if (taken.length === 0) return;
  await db
    .insert(changes)
    .values(taken.map((count) => ({ ...count, hour: new Date(count.hour) })))
    .onConflictDoUpdate({
      target: [changes.hour, changes.endpoint, changes.kind, changes.key],
      set: { changes: sql`${changes.changes} + excluded.changes` },
    });
}

/** A difference from the contract in the last day, over all instances. */
export interface ContractDifference extends ContractChange {
  responses: number;
  /** The hour of the last one. */
  last: Date;
}

/** Limits the lines of the page. */
const MOST_SHOWN = 20;

/** Returns the differences of the last day, most frequent first. @throws the driver's error. */
export async function contractDifferences({ db }: Used): Promise<ContractDifference[]> {
  const { endpoint, kind, key } = changes;
  const responses = sum(changes.changes).mapWith(Number);
  const rows = await db
    .select({ endpoint, kind, key, responses, last: max(changes.hour) })
    .from(changes)
    .where(gte(changes.hour, sql`now() - interval '1 day'`))
    .groupBy(endpoint, kind, key)
    .orderBy(desc(responses), endpoint, kind, key)
    .limit(MOST_SHOWN);
  return rows.map((row) => ({ ...row, last: row.last ?? new Date() }));
}

/** Deletes counts that no page shows any more. Rows are few: the watch bounds them. @throws the driver's error. */
export async function sweepContractChanges({ db }: Used): Promise<void> {
  await db.delete(changes).where(lt(changes.hour, sql`now() - interval '2 days'`));
}
