import 'server-only';
import { and, desc, eq } from 'drizzle-orm';
import { appendAudit, placeColumns } from '@/lib/audit/append';
import { SealError } from '@/lib/crypto/keyring';
import { customers, detailsHistory } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import { notify } from '@/lib/notifications/notify';
import type { Services } from '@/lib/services';
import { acceptVersion } from './details';
import { appendHistory, boundHistory, type DetailsVersion, openContent, readAcceptances, readVersion } from './history';
import type { ReturnReason } from './return-reasons';

/** Why details were returned: a reason of the list, and the operator's own words. */
export interface Return {
  reason: ReturnReason;
  text: string;
}

/** What a review has come to. */
export type ReviewOutcome =
  | 'accepted'
  /** Another operator must accept them, too. */
  | 'accepted-first'
  | 'returned'
  /** The details are not waiting, or have been changed since the operator saw them. */
  | 'changed'
  /** Operators do not review their own details. */
  | 'self';

interface Reviewed {
  operatorId: string;
  userId: string;
  /** The version that the operator saw. */
  version: number;
}

/**
 * Accepts details that wait for review. KunaCore gets them once as many operators have accepted as the version needs; each
 * counts once.
 * @throws the driver's error.
 */
export async function acceptDetails(services: Services, reviewed: Reviewed): Promise<ReviewOutcome> {
  const outcome = await inTransaction(services.db, async (tx) => {
    const within = { ...services, db: tx };
    const found = await lockWaiting(within, reviewed);
    if (typeof found === 'string') return found;
    const { userId, version } = reviewed;
    await appendHistory(within, found.version, { kind: 'accepted', actor: actorOf(reviewed), at: found.at });
    const acceptances = await readAcceptances(within, userId, version);
    // A switch to KYC_FOUR_EYES=on counts for what is waiting already.
    const needed = Math.max(found.version.reviewers, services.kyc.reviewers);
    const review = acceptances.length < needed ? 'accepted-first' : 'accepted';
    if (review === 'accepted') await acceptVersion(tx, userId, version);
    await appendAudit(tx, services.keyring, event(reviewed, { review, version }));
    return review;
  });
  if (outcome === 'accepted') services.wake();
  return outcome;
}

/** Returns details to the person, who reads why and can correct them. @throws the driver's error. */
export async function returnDetails(
  services: Pick<Services, 'db' | 'keyring' | 'sendsMail'>,
  reviewed: Reviewed,
  why: Return,
): Promise<ReviewOutcome> {
  return inTransaction(services.db, async (tx) => {
    const within = { ...services, db: tx };
    const found = await lockWaiting(within, reviewed);
    if (typeof found === 'string') return found;
    const { userId, version } = reviewed;
    const entry = { kind: 'returned', actor: actorOf(reviewed), at: found.at, content: why } as const;
    await appendHistory(within, found.version, entry);
    await tx.update(customers).set({ review: 'returned', reviewSince: found.at }).where(eq(customers.userId, userId));
    await notify(within, userId, 'details-returned', String(version));
    await appendAudit(tx, services.keyring, event(reviewed, { review: 'returned', reason: why.reason, version }));
    return 'returned';
  });
}

/** Locks the customer's row until the review is stored, so that a save comes before or after it. */
async function lockWaiting(
  within: Pick<Services, 'db' | 'keyring'>,
  { operatorId, userId, version }: Reviewed,
): Promise<{ version: DetailsVersion; at: Date } | 'changed' | 'self'> {
  if (operatorId === userId) return 'self';
  const [found] = await within.db
    .select({ review: customers.review, newest: customers.detailsVersion, at: placeColumns.at })
    .from(customers)
    .where(eq(customers.userId, userId))
    .for('update');
  if (found?.review !== 'waiting' || found.newest !== version) return 'changed';
  const stored = await readVersion(within, userId, version);
  return stored ? { version: stored, at: found.at } : 'changed';
}

const actorOf = ({ operatorId }: Reviewed) => `operator:${operatorId}` as const;

interface ReviewFacts {
  review: 'accepted' | 'accepted-first' | 'returned';
  reason?: ReturnReason;
  version: number;
}

function event(reviewed: Reviewed, facts: ReviewFacts) {
  return { event: 'user_updated', actor: actorOf(reviewed), subject: reviewed.userId, facts } as const;
}

/** Returns why a person's details were last returned, for the person and for operators; null when it cannot be read. @throws the driver's error. */
export async function readReturn(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  userId: string,
): Promise<(Return & { at: Date }) | null> {
  const [row] = await db
    .select()
    .from(detailsHistory)
    .where(and(eq(detailsHistory.userId, userId), eq(detailsHistory.event, 'returned')))
    .orderBy(desc(detailsHistory.version), desc(detailsHistory.at))
    .limit(1);
  if (!row || !boundHistory.isIntact(keyring, row)) return null;
  try {
    return { ...(openContent(keyring, row) as Return), at: row.at };
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}
