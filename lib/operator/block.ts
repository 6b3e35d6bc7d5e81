import 'server-only';
import { eq, sql } from 'drizzle-orm';
import { appendAudit } from '@/lib/audit/append';
import type { AuditEvent } from '@/lib/audit/events';
import { blockWallet, unblockWallet } from '@/lib/customers/wallet-block';
import { users } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';
import { endSessionsIn } from '@/lib/sessions/end';

type Actor = AuditEvent['actor'];

/**
 * Blocks a user: ends every session, revokes access at KunaCore, blocks the wallet there and rejects sign-ins until
 * `unblockUser`. The reconciler carries out what concerns KunaCore. (ASVS 5.0 7.4.2)
 * @returns false when there is no such user. @throws the driver's error when nothing could be stored.
 */
export async function blockUser(services: Services, userId: string, actor: Actor = 'system'): Promise<boolean> {
  const found = await inTransaction(services.db, async (tx) => {
    const blocked = await tx
      .update(users)
      .set({ blockedAt: sql`coalesce(${users.blockedAt}, now())` })
      .where(eq(users.id, userId))
      .returning({ id: users.id });
    await endSessionsIn(services, tx, { userId }, 'blocked');
    await blockWallet(tx, userId);
    if (blocked.length > 0) await appendAudit(tx, services.keyring, lock(userId, actor));
    return blocked.length > 0;
  });
  services.wake();
  return found;
}

/**
 * Unblocks a user, and the wallet unless Kuna blocks it itself.
 * @returns false when there is no such user. @throws the driver's error.
 */
export async function unblockUser(services: Services, userId: string, actor: Actor = 'system'): Promise<boolean> {
  const found = await inTransaction(services.db, async (tx) => {
    const unblocked = await tx
      .update(users)
      .set({ blockedAt: null })
      .where(eq(users.id, userId))
      .returning({ id: users.id });
    await unblockWallet(tx, userId);
    const event = { event: 'user_updated', actor, subject: userId, facts: { blocked: false } } as const;
    if (unblocked.length > 0) await appendAudit(tx, services.keyring, event);
    return unblocked.length > 0;
  });
  services.wake();
  return found;
}

function lock(userId: string, actor: Actor) {
  return { event: 'authn_login_lock', actor, subject: userId, facts: { reason: 'operator' } } as const;
}
