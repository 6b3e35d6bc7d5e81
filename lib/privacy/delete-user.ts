import 'server-only';
import { eq, sql } from 'drizzle-orm';
import { appendAudit } from '@/lib/audit/append';
import type { AuditEvent } from '@/lib/audit/events';
import { NO_REVIEW } from '@/lib/customers/details';
import {
  accounts,
  caseNotes,
  customers,
  details,
  endedRelationships,
  knownDevices,
  notifications,
  purchaseWatches,
  searchTokens,
  users,
} from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';
import { endSessionsIn } from '@/lib/sessions/end';
import { forgetLastKnown } from '@/lib/wallet/last-known';

/**
 * Deletes a user in one transaction: ends every session, revokes access at KunaCore and deletes the personal data.
 * Keeps an anonymous row for the KunaCore customer, which the revocation needs, and the history of details and consents,
 * until its retention period is over (lib/customers/retention.ts). KunaCore's API cannot delete KunaCore's own data.
 * @returns false when there is no such user. @throws the driver's error when nothing could be stored.
 */
export async function deleteUser(
  services: Services,
  userId: string,
  actor: AuditEvent['actor'] = `user:${userId}`,
): Promise<boolean> {
  const found = await inTransaction(services.db, async (tx) => {
    const deleted = await tx
      .update(users)
      .set({
        email: '',
        emailIndex: null,
        emailVerifiedAt: null,
        claimsSealed: null,
        language: null,
        signInLanguage: null,
        mutedMessages: [],
        deletedAt: sql`now()`,
      })
      .where(eq(users.id, userId))
      .returning({ id: users.id });
    await endSessionsIn(services, tx, { userId }, 'deleted');
    await tx.delete(searchTokens).where(eq(searchTokens.userId, userId));
    await tx.delete(notifications).where(eq(notifications.userId, userId));
    await tx.delete(purchaseWatches).where(eq(purchaseWatches.userId, userId));
    await tx.delete(knownDevices).where(eq(knownDevices.userId, userId));
    await tx.delete(accounts).where(eq(accounts.userId, userId));
    await tx.delete(details).where(eq(details.userId, userId));
    await tx.delete(caseNotes).where(eq(caseNotes.userId, userId));
    const [customer] = await tx
      .update(customers)
      .set({ detailsVersion: 0, acceptedVersion: 0, ...NO_REVIEW })
      .where(eq(customers.userId, userId))
      .returning({ walletId: customers.walletId });
    if (customer?.walletId) forgetLastKnown(customer.walletId);
    if (deleted.length === 0) return false;
    await tx.insert(endedRelationships).values({ userId }).onConflictDoNothing();
    await appendAudit(tx, services.keyring, { event: 'user_deleted', actor, subject: userId });
    return true;
  });
  services.wake();
  return found;
}
