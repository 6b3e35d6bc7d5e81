import 'server-only';
import { eq, sql } from 'drizzle-orm';
import { endSessionsIn } from '../authorisations/end';
import { users } from '../db/schema';
import { inTransaction } from '../db/transaction';
import type { Services } from '../services';

/**
 * Keeps a user out: every session ends, with it the authorisation at KunaCore, and nobody signs in until
 * `unblockUser`. (ASVS 5.0 7.4.2)
 * @returns false when there is no such user. @throws the driver's error when nothing could be stored.
 */
export async function blockUser(services: Services, userId: string): Promise<boolean> {
  const found = await inTransaction(services.db, async (tx) => {
    const blocked = await tx
      .update(users)
      .set({ blockedAt: sql`coalesce(${users.blockedAt}, now())` })
      .where(eq(users.id, userId))
      .returning({ id: users.id });
    await endSessionsIn(tx, { userId }, 'blocked');
    return blocked.length > 0;
  });
  services.wake();
  return found;
}

/** Lets a blocked user sign in again. @returns false when there is no such user. */
export async function unblockUser({ db }: Pick<Services, 'db'>, userId: string): Promise<boolean> {
  const unblocked = await db
    .update(users)
    .set({ blockedAt: null })
    .where(eq(users.id, userId))
    .returning({ id: users.id });
  return unblocked.length > 0;
}
