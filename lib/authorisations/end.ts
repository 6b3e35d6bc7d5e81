import 'server-only';
import { and, eq, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import { recordCounted } from '../audit/counted';
import { record } from '../audit/trail';
import type { Database } from '../db/client';
import { authorisations, sessions } from '../db/schema';
import { inTransaction } from '../db/transaction';
import { killPoint } from '../kill-points';
import type { Services } from '../services';

/** Why an authorisation was ended; shown to a person whose widget closes. */
export type EndReason =
  | 'signed-out'
  | 'expired'
  | 'ended-by-user'
  | 'ended-by-institution'
  | 'replaced'
  | 'blocked'
  | 'deleted'
  | 'not-handed-over';

/** Which sessions end. */
export type SessionSelection =
  | { tokenHash: string }
  | { userId: string }
  /** One device of this user: another user's session is never meant, whatever the id. */
  | { userId: string; sessionId: string }
  | { expired: { idleMinutes: number } };

/**
 * Ends sessions: the one door for sign-out, expiry and every other end. In one transaction the sessions go and each
 * owner's wish to invalidate is counted up, so that no session ends without its authorisation ending too, whatever
 * becomes of this process. KunaCore is not called here: signing out is as quick when KunaCore is down.
 * (ASVS 5.0 7.4.1)
 * @returns how many sessions ended. @throws the driver's error when nothing could be stored: then nothing ended.
 */
export async function endSessions(services: Services, which: SessionSelection, reason: EndReason): Promise<number> {
  const ended = await inTransaction(services.db, (tx) => endSessionsIn(services, tx, which, reason));
  killPoint('after-wish');
  if (ended > 0) services.wake();
  return ended;
}

/** The same inside a transaction of the caller's, who wakes the reconciler afterwards. */
export async function endSessionsIn(
  { keyring }: Pick<Services, 'keyring'>,
  tx: Database,
  which: SessionSelection,
  reason: EndReason,
): Promise<number> {
  const ended = await tx.delete(sessions).where(selects(which)).returning({ userId: sessions.userId });
  killPoint('after-session-end');
  const userIds = [...new Set(ended.map(({ userId }) => userId))];
  if (userIds.length > 0)
    await tx.update(authorisations).set(wish(reason)).where(inArray(authorisations.userId, userIds));
  await record(tx, keyring, ...userIds.map((userId) => told(userId, reason, ended)));
  return ended.length;
}

/**
 * Ends the customer's authorisation and leaves the sessions alone: "End access" on the buy page.
 * @throws the driver's error when it could not be stored.
 */
export async function endAuthorisation(services: Services, userId: string, reason: EndReason): Promise<void> {
  await inTransaction(services.db, async (tx) => {
    await tx.update(authorisations).set(wish(reason)).where(eq(authorisations.userId, userId));
    // What an operator does is in the trail already (lib/operator/act.ts); the rest is no one's choice.
    if (reason !== 'ended-by-user') return;
    const asked = { event: 'authz_change', actor: `user:${userId}`, subject: userId } as const;
    await recordCounted(tx, services.keyring, { ...asked, facts: { action: 'end-access' } });
  });
  services.wake();
}

function told(userId: string, reason: EndReason, ended: { userId: string }[]) {
  const sessions = ended.filter((session) => session.userId === userId).length;
  const byThemselves = reason === 'signed-out' || reason === 'replaced' || reason === 'deleted';
  const actor = byThemselves ? (`user:${userId}` as const) : 'system';
  return { event: 'session_expired', actor, subject: userId, facts: { reason, sessions } } as const;
}

/** One more invalidation is wanted than before, and it is due at once. */
function wish(reason: EndReason) {
  return {
    wanted: sql`${authorisations.wanted} + 1`,
    lastReason: reason,
    wantedAt: sql`now()`,
    attempts: 0,
    nextAttemptAt: sql`now()`,
  };
}

function selects(which: SessionSelection): SQL | undefined {
  if ('tokenHash' in which) return eq(sessions.tokenHash, which.tokenHash);
  if ('userId' in which) {
    const own = eq(sessions.userId, which.userId);
    return 'sessionId' in which ? and(own, eq(sessions.id, which.sessionId)) : own;
  }
  const idleSince = sql`now() - make_interval(mins => ${which.expired.idleMinutes})`;
  return or(lt(sessions.expiresAt, sql`now()`), lt(sessions.lastSeenAt, idleSince));
}
