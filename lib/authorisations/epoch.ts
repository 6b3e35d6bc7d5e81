import 'server-only';
import { inArray, sql } from 'drizzle-orm';
import { appendCountedAudit } from '@/lib/audit/counted';
import type { Database } from '@/lib/db/client';
import { authorisations } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';

/** Reasons why an access epoch ended; shown to a person whose widget closes. */
export type EndReason =
  | 'signed-out'
  | 'expired'
  | 'ended-at-provider'
  | 'ended-by-user'
  | 'ended-by-institution'
  | 'replaced'
  | 'blocked'
  | 'deleted'
  | 'consent-withdrawn'
  | 'not-handed-over';

/**
 * Starts the next access epoch of these users. Every token belongs to the epoch that it was issued in, so access is
 * due to be revoked at once; `revokePending` (revoke.ts) calls KunaCore.
 * @throws the driver's error.
 */
export async function startNextEpoch(tx: Database, userIds: string[], reason: EndReason): Promise<void> {
  if (userIds.length === 0) return;
  await tx
    .update(authorisations)
    .set({
      epoch: sql`${authorisations.epoch} + 1`,
      lastReason: reason,
      epochStartedAt: sql`now()`,
      attempts: 0,
      nextAttemptAt: sql`now()`,
    })
    .where(inArray(authorisations.userId, userIds));
}

/**
 * Revokes a customer's access and keeps their sessions: "End Kuna session" on the buy page.
 * @throws the driver's error when it could not be stored.
 */
export async function revokeAccess(services: Services, userId: string, reason: EndReason): Promise<void> {
  await inTransaction(services.db, async (tx) => {
    await startNextEpoch(tx, [userId], reason);
    // Operator actions are audited by their caller (lib/operator/actions.ts); other reasons have no human actor.
    if (reason !== 'ended-by-user') return;
    const event = { event: 'authz_change', actor: `user:${userId}`, subject: userId } as const;
    await appendCountedAudit(tx, services.keyring, { ...event, facts: { action: 'end-access' } });
  });
  services.wake();
}
