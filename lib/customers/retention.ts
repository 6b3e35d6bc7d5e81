import 'server-only';
import { inArray, lt, sql } from 'drizzle-orm';
import { appendAudit } from '@/lib/audit/append';
import { detailsHistory, endedRelationships } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';

/** Limits the people whose history one transaction deletes. */
const SWEEP = 100;

/**
 * Deletes the history of people whose relationship ended RETENTION_YEARS ago. Asks an index of ended relationships, so that
 * it costs what is due.
 * @returns whether there may be more. @throws the driver's error.
 */
export async function sweepHistory({ db, keyring, kyc }: Pick<Services, 'db' | 'keyring' | 'kyc'>): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    // Rows locked by another instance are deleted there.
    const over = await tx
      .select({ userId: endedRelationships.userId })
      .from(endedRelationships)
      .where(lt(endedRelationships.endedAt, sql`now() - make_interval(years => ${kyc.retentionYears})`))
      .orderBy(endedRelationships.endedAt)
      .limit(SWEEP)
      .for('update', { skipLocked: true });
    if (over.length === 0) return false;
    const userIds = over.map(({ userId }) => userId);
    await tx.delete(detailsHistory).where(inArray(detailsHistory.userId, userIds));
    await tx.delete(endedRelationships).where(inArray(endedRelationships.userId, userIds));
    const facts = { people: userIds.length };
    await appendAudit(tx, keyring, { event: 'sys_history_deleted', actor: 'system', facts });
    return over.length === SWEEP;
  });
}
