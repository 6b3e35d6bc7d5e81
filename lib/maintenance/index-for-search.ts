import 'server-only';
import { asc, eq } from 'drizzle-orm';
import { indexForSearch } from '@/lib/customers/search-index';
import { isNotSearchable, users } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';

/** Limits the people of one transaction. */
const BATCH = 100;

/**
 * Stores the search tokens of people who have none: those of versions before 0013_support_queues.sql, and those whom an
 * instance of such a version adds while others are upgraded already. Several instances share the work.
 * @returns whether there may be more. @throws the driver's error.
 */
export async function indexNextForSearch({ db, keyring }: Pick<Services, 'db' | 'keyring'>): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const found = await tx
      .select({ id: users.id })
      .from(users)
      .where(isNotSearchable(users))
      .orderBy(asc(users.id))
      .limit(BATCH)
      .for('update', { skipLocked: true });
    for (const { id } of found) {
      await indexForSearch(tx, keyring, id);
      await tx.update(users).set({ searchable: true }).where(eq(users.id, id));
    }
    return found.length === BATCH;
  });
}
