import 'server-only';
import { eq, sql } from 'drizzle-orm';
import { appendAudit } from '@/lib/audit/append';
import { accounts, customers, details, searchTokens, users } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';
import { endSessionsIn } from '@/lib/sessions/end';

/**
 * Deletes a user in one transaction: ends every session, revokes access at KunaCore and deletes the personal data.
 * Keeps an anonymous row for the KunaCore customer, which the revocation needs. KunaCore's API cannot delete KunaCore's
 * own data.
 * @returns false when there is no such user. @throws the driver's error when nothing could be stored.
 */
export async function deleteUser(services: Services, userId: string): Promise<boolean> {
  const found = await inTransaction(services.db, async (tx) => {
    const deleted = await tx
      .update(users)
      .set({
        email: '',
        emailIndex: null,
        emailVerifiedAt: null,
        claimsSealed: null,
        language: null,
        deletedAt: sql`now()`,
      })
      .where(eq(users.id, userId))
      .returning({ id: users.id });
    await endSessionsIn(services, tx, { userId }, 'deleted');
    await tx.delete(searchTokens).where(eq(searchTokens.userId, userId));
    await tx.delete(accounts).where(eq(accounts.userId, userId));
    await tx.delete(details).where(eq(details.userId, userId));
    await tx.update(customers).set({ detailsVersion: 0 }).where(eq(customers.userId, userId));
    const actor = `user:${userId}` as const;
    if (deleted.length > 0) await appendAudit(tx, services.keyring, { event: 'user_deleted', actor, subject: userId });
    return deleted.length > 0;
  });
  services.wake();
  return found;
}
