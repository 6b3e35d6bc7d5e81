import 'server-only';
import { and, eq, gt, isNull, lt, lte, or, type SQL, sql } from 'drizzle-orm';
import { closeWindows } from '@/lib/audit/counted';
import { revokePending } from '@/lib/authorisations/revoke';
import { IntegrityError } from '@/lib/crypto/bound-row';
import { SealError } from '@/lib/crypto/keyring';
import { createCustomer } from '@/lib/customers/create';
import { LeaseBusy, withLease } from '@/lib/customers/lease';
import { postpone } from '@/lib/customers/retry';
import { syncCustomer } from '@/lib/customers/sync';
import { authorisations, customers, hasOpenWork } from '@/lib/db/schema';
import { KunaCoreError } from '@/lib/kunacore/errors';
import { describeError } from '@/lib/log/log';
import type { Services } from '@/lib/services';
import { endSessions } from '@/lib/sessions/end';
import { sweepLinks } from '@/lib/sign-in/links';

// The database holds the intended and the actual state; the reconciler brings the second up to the first. It keeps no
// state of its own: a process that dies loses no work, and any instance can continue.

/** The result of one round. */
export interface Round {
  /** Work was left undone because KunaCore was unavailable. */
  unavailable: boolean;
  /** More work was due than one round takes. */
  more: boolean;
}

const IDLE_MS = 2_000;
const FIRST_PROBE_MS = 1_000;
const SLOWEST_PROBE_MS = 5_000;

/** How long to wait before the next round, and whether new work may cut the wait short. */
export interface Pause {
  milliseconds: number;
  wakeable: boolean;
}

/**
 * Runs one round and plans the next: at once when more is due, every 2 s otherwise, slower while KunaCore is down.
 * When KunaCore is back, everything postponed is due at once.
 * @param last what the round before returned.
 * @throws the driver's error while the database cannot be reached.
 */
export async function nextRound(services: Services, last: Pause | null): Promise<Pause> {
  const { unavailable, more } = await reconcile(services);
  const probing = last !== null && !last.wakeable && last.milliseconds > 0;
  if (unavailable) {
    const longer = probing ? last.milliseconds * 1.5 : FIRST_PROBE_MS;
    return { milliseconds: Math.min(SLOWEST_PROBE_MS, longer), wakeable: false };
  }
  if (probing) await retryNow(services);
  return more || probing ? { milliseconds: 0, wakeable: false } : { milliseconds: IDLE_MS, wakeable: true };
}

/** The pause after a round that a database error interrupted. */
export const AFTER_DATABASE_ERROR: Pause = { milliseconds: FIRST_PROBE_MS, wakeable: false };

const BATCH = 50;
const PARALLEL = 8;

/**
 * Runs one round: ends expired sessions, carries out pending revocations, then continues with waiting customers.
 * @throws the driver's error while the database cannot be reached.
 */
export async function reconcile(services: Services): Promise<Round> {
  await endSessions(services, { expired: services.limits }, 'expired');
  await closeWindows(services);
  await sweepLinks(services);
  const revocations = await revocationsDue(services);
  if (!(await work(services, revocations, revoke))) return { unavailable: true, more: false };
  const waiting = await customersDue(services);
  const available = await work(services, waiting, advanceCustomer);
  return { unavailable: !available, more: revocations.length === BATCH || waiting.length === BATCH };
}

/** Makes everything that an outage postponed due now. */
export async function retryNow({ db }: Services): Promise<void> {
  const due = { nextAttemptAt: sql`now()` };
  await db.update(authorisations).set(due).where(gt(authorisations.epoch, authorisations.revokedEpoch));
  await db.update(customers).set(due).where(eq(customers.state, 'creating'));
}

/** Does one user's work. Returns false when KunaCore is unavailable. */
type Step = (services: Services, userId: string) => Promise<boolean>;

/** Runs a few steps at a time and stops once KunaCore is unavailable. Returns whether it was available. */
async function work(services: Services, userIds: string[], step: Step): Promise<boolean> {
  const queue = [...userIds];
  // The first one goes alone: during an outage a round costs one call.
  const first = queue.shift();
  let available = !first || (await step(services, first));
  const worker = async () => {
    for (let userId = queue.shift(); userId && available; userId = queue.shift())
      if (!(await step(services, userId))) available = false;
  };
  if (available) await Promise.all(Array.from({ length: Math.min(PARALLEL, queue.length) }, worker));
  return available;
}

async function revoke(services: Services, userId: string): Promise<boolean> {
  try {
    await withLease(services, userId, 0, (lease) => revokePending(services, userId, lease));
    return true;
  } catch (error) {
    if (error instanceof LeaseBusy) return true; // its holder revokes first, or a later round does
    if (!(error instanceof KunaCoreError || error instanceof IntegrityError)) throw error;
    services.log.warn({ event: 'invalidation_postponed', userId, error: describeError(error) });
    await postpone(services, authorisations, userId, error);
    return !(error instanceof KunaCoreError && error.isTransient);
  }
}

async function advanceCustomer(services: Services, userId: string): Promise<boolean> {
  try {
    const { state } = await createCustomer(services, userId, 0);
    if (state === 'creating') return false;
    // A row that was changed past the portal is due by its stored state but in conflict: it must not come first in
    // every round.
    if (state === 'conflict') await postpone(services, customers, userId);
    else if (state !== 'rejected') await syncCustomer(services, userId, 'all', 0);
  } catch (error) {
    if (error instanceof LeaseBusy) return true;
    if (!(error instanceof SealError)) throw error;
    services.log.error({ event: 'details_cannot_be_opened', userId });
    await postpone(services, customers, userId);
  }
  return true;
}

async function revocationsDue({ db }: Services): Promise<string[]> {
  const rows = await db
    .select({ userId: authorisations.userId })
    .from(authorisations)
    .innerJoin(customers, eq(customers.userId, authorisations.userId))
    .where(
      and(
        gt(authorisations.epoch, authorisations.revokedEpoch),
        lte(authorisations.nextAttemptAt, sql`now()`),
        leaseIsFree(),
      ),
    )
    .orderBy(authorisations.nextAttemptAt)
    .limit(BATCH);
  return rows.map(({ userId }) => userId);
}

async function customersDue({ db }: Services): Promise<string[]> {
  const rows = await db
    .select({ userId: customers.userId })
    .from(customers)
    .where(and(lte(customers.nextAttemptAt, sql`now()`), leaseIsFree(), hasOpenWork(customers)))
    .orderBy(customers.nextAttemptAt)
    .limit(BATCH);
  return rows.map(({ userId }) => userId);
}

function leaseIsFree(): SQL | undefined {
  return or(isNull(customers.leaseUntil), lt(customers.leaseUntil, sql`now()`));
}
