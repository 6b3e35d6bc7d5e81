import 'server-only';
import { eq } from 'drizzle-orm';
import { appendAudit } from '@/lib/audit/append';
import { users } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';
import { OPTIONAL_KINDS, type OptionalKind } from './kinds';

/** Returns the kinds of messages that a person gets, of those that can be switched off. @throws the driver's error. */
export async function readChosenKinds({ db }: Pick<Services, 'db'>, userId: string): Promise<OptionalKind[]> {
  const [row] = await db.select({ muted: users.mutedMessages }).from(users).where(eq(users.id, userId));
  return OPTIONAL_KINDS.filter((kind) => !row?.muted.includes(kind));
}

/** Stores which kinds a person gets, with an event of the audit log when that changes. @throws the driver's error. */
export async function saveChosenKinds(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  userId: string,
  chosen: readonly string[],
): Promise<void> {
  const mutedMessages = OPTIONAL_KINDS.filter((kind) => !chosen.includes(kind));
  await inTransaction(db, async (tx) => {
    const [before] = await tx
      .select({ muted: users.mutedMessages })
      .from(users)
      .where(eq(users.id, userId))
      .for('update');
    if (!before || String(before.muted) === String(mutedMessages)) return;
    await tx.update(users).set({ mutedMessages }).where(eq(users.id, userId));
    const facts = { messages: OPTIONAL_KINDS.filter((kind) => chosen.includes(kind)).join(' ') };
    await appendAudit(tx, keyring, { event: 'user_updated', actor: `user:${userId}`, subject: userId, facts });
  });
}
