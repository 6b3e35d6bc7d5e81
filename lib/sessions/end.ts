import 'server-only';
import { and, eq, isNull, lt, ne, or, type SQL, sql } from 'drizzle-orm';
import { appendAudit } from '@/lib/audit/append';
import { type EndReason, startNextEpoch } from '@/lib/authorisations/epoch';
import type { Database } from '@/lib/db/client';
import { sessions } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';

/** Selects the sessions to end. */
export type SessionSelection =
  | { tokenHash: string }
  | { userId: string }
  /** One device of this user. Never matches another user's session, whatever the id. */
  | { userId: string; sessionId: string }
  /** Every other device of this user. */
  | { userId: string; exceptId: string }
  /** Signed in at the identity provider by this user with another group of OPERATOR_ROLES. */
  | { userId: string; ofOtherGroup: string | null }
  /** Signed in at the identity provider by this user, or by this session of the provider, or both. */
  | { atProvider: { userId: string | null; session: string | null } }
  /** Some of the expired ones, `EXPIRED_AT_ONCE` or more if there are as many. Not those that another instance ends. */
  | { expired: { idleMinutes: number } };

/** Limits the sessions that one transaction ends for their age, and those that it ends for lack of activity. */
export const EXPIRED_AT_ONCE = 250;

/**
 * Ends sessions. Every way to end a session goes through here. One transaction deletes the sessions and starts their
 * owners' next access epoch, so that the reconciler invalidates even if this process dies. Does not call KunaCore:
 * signing out takes the same time when KunaCore is down. (ASVS 5.0 7.4.1)
 * @returns the number of ended sessions. @throws the driver's error. No session ended then.
 */
export async function endSessions(services: Services, which: SessionSelection, reason: EndReason): Promise<number> {
  const ended = await inTransaction(services.db, (tx) => endSessionsIn(services, tx, which, reason));
  if (ended > 0) services.wake();
  return ended;
}

/** Ends sessions in the caller's transaction. The caller must wake the reconciler after the commit. */
export async function endSessionsIn(
  { keyring }: Pick<Services, 'keyring'>,
  tx: Database,
  which: SessionSelection,
  reason: EndReason,
): Promise<number> {
  const ended = await tx.delete(sessions).where(selects(tx, which)).returning({ userId: sessions.userId });
  const userIds = [...new Set(ended.map(({ userId }) => userId))];
  await startNextEpoch(tx, userIds, reason);
  await appendAudit(tx, keyring, ...userIds.map((userId) => sessionEndedEvent(userId, reason, ended)));
  return ended.length;
}

function sessionEndedEvent(userId: string, reason: EndReason, ended: { userId: string }[]) {
  const sessions = ended.filter((session) => session.userId === userId).length;
  const byOwner = reason === 'signed-out' || reason === 'replaced' || reason === 'deleted';
  const actor = byOwner ? (`user:${userId}` as const) : 'system';
  return { event: 'session_expired', actor, subject: userId, facts: { reason, sessions } } as const;
}

function selects(tx: Database, which: SessionSelection): SQL | undefined {
  if ('tokenHash' in which) return eq(sessions.tokenHash, which.tokenHash);
  if ('userId' in which) {
    const own = eq(sessions.userId, which.userId);
    if ('sessionId' in which) return and(own, eq(sessions.id, which.sessionId));
    if ('exceptId' in which) return and(own, ne(sessions.id, which.exceptId));
    if (!('ofOtherGroup' in which)) return own;
    const isOther = sql`${sessions.roleGroup} is distinct from ${which.ofOtherGroup}`;
    return and(own, eq(sessions.provider, 'oidc'), isOther);
  }
  if ('atProvider' in which) return signedInAtProvider(which.atProvider);
  const idleSince = sql`now() - make_interval(mins => ${which.expired.idleMinutes})`;
  const over = firstBefore(tx, sessions.expiresAt, sql`now()`);
  const idle = firstBefore(tx, sessions.lastSeenAt, idleSince);
  // One array for each index: with `or`, PostgreSQL would read all that have expired to end the first of them.
  return sql`${sessions.id} = any(array(${over}) || array(${idle}))`;
}

function signedInAtProvider({ userId, session }: { userId: string | null; session: string | null }): SQL | undefined {
  const ofSession = session ? eq(sessions.providerSession, session) : undefined;
  if (userId === null) return ofSession ?? sql`false`;
  // A session that does not know its session at the provider may be the named one.
  const named = ofSession && or(ofSession, isNull(sessions.providerSession));
  return and(eq(sessions.userId, userId), eq(sessions.provider, 'oidc'), named);
}

function firstBefore(tx: Database, column: typeof sessions.expiresAt | typeof sessions.lastSeenAt, time: SQL) {
  return tx
    .select({ id: sessions.id })
    .from(sessions)
    .where(lt(column, time))
    .orderBy(column)
    .limit(EXPIRED_AT_ONCE)
    .for('update', { skipLocked: true });
}
