import 'server-only';
import { and, eq, gt, lte, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { revokePending } from '@/lib/authorisations/revoke';
import { IntegrityError } from '@/lib/crypto/bound-row';
import { SealError } from '@/lib/crypto/keyring';
import { createUnderLease } from '@/lib/customers/create';
import { type Lease, LeaseBusy, leaseIsFree, withNextLease } from '@/lib/customers/lease';
import { postpone } from '@/lib/customers/retry';
import { syncUnderLease } from '@/lib/customers/sync';
import { authorisations, customers, hasOpenWork, hasWalletWork } from '@/lib/db/schema';
import { recordOutage, recordRecovery } from '@/lib/integration/incidents';
import { KunaCoreError } from '@/lib/kunacore/errors';
import { describeError } from '@/lib/log/log';
import type { Services } from '@/lib/services';
import { EXPIRED_AT_ONCE, endSessions } from '@/lib/sessions/end';

// The database holds the intended and the actual state; the reconciler brings the second up to the first. It keeps no
// state of its own: a process that dies loses no work, and any instance can continue. Every statement finds its rows by
// an index of what is due (lib/db/schema.ts), so that a round costs what it does, whatever the number of customers.

/** The result of one round. */
export interface Round {
  /** Work was left undone because KunaCore was unavailable. */
  unavailable: boolean;
  /** KunaCore answered a call, if only by refusing it. */
  answered: boolean;
  /** More work was due than one round takes. */
  more: boolean;
}

const never = () => false;

const IDLE_MS = 2_000;
const FIRST_PROBE_MS = 1_000;
const SLOWEST_PROBE_MS = 5_000;

/** How long to wait before the next round, and whether new work may cut the wait short. */
export interface Pause {
  milliseconds: number;
  wakeable: boolean;
  /** KunaCore has not answered since it was unavailable. */
  doubt: boolean;
}

/**
 * Runs one round and plans the next: at once when more is due, every 2 s otherwise, slower while KunaCore is down.
 * When KunaCore is back, everything postponed is due at once.
 *
 * A single error does not make an outage: it postpones its customer, and the round continues. Five in a row do, or a
 * round in which nothing was answered. From then on a round costs one call until KunaCore answers.
 * @param last what the round before returned.
 * @param isOver tells when no further customer may be taken.
 * @throws the driver's error while the database cannot be reached.
 */
export async function nextRound(services: Services, last: Pause | null, isOver = never): Promise<Pause> {
  const round = await reconcile(services, last?.doubt, isOver);
  const pause = await plan(services, round, last);
  if (round.unavailable) await recordOutage(services);
  else if (!pause.doubt && (round.answered || last?.doubt)) await recordRecovery(services);
  return pause;
}

async function plan(services: Services, { unavailable, answered, more }: Round, last: Pause | null): Promise<Pause> {
  const probing = last?.doubt && last.milliseconds > 0;
  if (unavailable) {
    const longer = probing ? last.milliseconds * 1.5 : FIRST_PROBE_MS;
    return { milliseconds: Math.min(SLOWEST_PROBE_MS, longer), wakeable: false, doubt: true };
  }
  if (probing) await retryNow(services);
  if (more || probing) return { milliseconds: 0, wakeable: false, doubt: Boolean(probing) && !answered };
  return { milliseconds: IDLE_MS, wakeable: true, doubt: false };
}

/** The pause after a round that a database error interrupted. */
export const AFTER_DATABASE_ERROR: Pause = { milliseconds: FIRST_PROBE_MS, wakeable: false, doubt: true };

/** Consecutive errors of KunaCore that are an outage. A circuit opens after as many (lib/kunacore/breaker.ts). */
const OUTAGE = 5;

/**
 * Limits the customers of one round, and how many of them are worked on at the same time. A round ends with its slowest
 * call, so that small ones would spend most of their time waiting for it.
 */
const BATCH = 200;
const PARALLEL = 8;

/**
 * Runs one round: ends expired sessions, carries out pending revocations, then continues with waiting customers.
 * Several instances share the work, because each customer is taken with its lease.
 * @param doubt ends the round at the first error, unless KunaCore answers before it.
 * @throws the driver's error while the database cannot be reached.
 */
export async function reconcile(services: Services, doubt = false, isOver = never): Promise<Round> {
  const expired = await endSessions(services, { expired: services.limits }, 'expired');
  const revocations = await work(services, nextRevocation(services), revoke, { doubt, isOver });
  if (revocations.unavailable) return revocations;
  const stillDoubt = doubt && !revocations.answered;
  const waiting = await work(services, nextCustomer(services), advanceCustomer, { doubt: stillDoubt, isOver });
  const more = expired >= EXPIRED_AT_ONCE || revocations.more || waiting.more;
  return { unavailable: waiting.unavailable, answered: revocations.answered || waiting.answered, more };
}

/** Limits the rows that one statement of `retryNow` changes, so that it stays below the database's time limit. */
const RETRIED_AT_ONCE = 1_000;

/** Makes everything that an outage postponed due now. */
export async function retryNow(services: Services): Promise<void> {
  while (
    (await retrySome(services, authorisations, gt(authorisations.epoch, authorisations.revokedEpoch))) ===
    RETRIED_AT_ONCE
  );
  const isWaiting = or(eq(customers.state, 'creating'), hasWalletWork(customers));
  while ((await retrySome(services, customers, and(isWaiting, hasOpenWork(customers)))) === RETRIED_AT_ONCE);
}

async function retrySome(
  { db }: Services,
  table: typeof authorisations | typeof customers,
  open: SQL | undefined,
): Promise<number> {
  // Another instance that found KunaCore back makes the same rows due.
  const postponed = db
    .select({ userId: table.userId })
    .from(table)
    .where(and(open, gt(table.nextAttemptAt, sql`now()`)))
    .orderBy(table.nextAttemptAt)
    .limit(RETRIED_AT_ONCE)
    .for('no key update', { skipLocked: true });
  const retried = await db
    .update(table)
    .set({ nextAttemptAt: sql`now()` })
    .where(sql`${table.userId} = any(array(${postponed}))`)
    .returning({ userId: table.userId });
  return retried.length;
}

/** What one user's work says about KunaCore; null when it was not asked. */
type Answer = 'answered' | 'failed' | null;

type Step = (services: Services, userId: string, lease: Lease) => Promise<Answer>;

/** Runs a few steps at a time and stops once nothing is due or KunaCore is unavailable. */
async function work(
  services: Services,
  next: SQLWrapper,
  step: Step,
  { doubt, isOver }: { doubt: boolean; isOver: () => boolean },
): Promise<Round> {
  let left = BATCH;
  let answered = false;
  let failures = 0;
  const isOutage = () => failures >= (doubt && !answered ? 1 : OUTAGE);
  const note = (answer: Answer) => {
    if (answer === 'answered') answered = true;
    if (answer) failures = answer === 'failed' ? failures + 1 : 0;
    return true;
  };
  const takeOne = async () => {
    if (left === 0 || isOutage() || isOver()) return false;
    left -= 1;
    return (await withNextLease(services, next, async (...taken) => note(await step(services, ...taken)))) !== null;
  };
  const worker = async () => {
    while (await takeOne());
  };
  // One at a time until KunaCore answers: an outage costs few calls.
  while (!answered && (await takeOne()));
  if (answered) await Promise.all(Array.from({ length: PARALLEL }, worker));
  const unavailable = isOutage() || (failures > 0 && !answered);
  return { unavailable, answered, more: left === 0 && !unavailable };
}

async function revoke(services: Services, userId: string, lease: Lease): Promise<Answer> {
  try {
    await revokePending(services, userId, lease);
    return 'answered';
  } catch (error) {
    if (error instanceof LeaseBusy) return null; // its holder revokes first, or a later round does
    if (!(error instanceof KunaCoreError || error instanceof IntegrityError)) throw error;
    services.log.warn({ event: 'invalidation_postponed', userId, error: describeError(error) });
    await postpone(services, authorisations, userId, error);
    return error instanceof KunaCoreError ? answerOf(error) : null;
  }
}

async function advanceCustomer(services: Services, userId: string, lease: Lease): Promise<Answer> {
  try {
    const { state } = await createUnderLease(services, userId, lease);
    if (state === 'creating') return 'failed';
    if (state === 'rejected') return 'answered';
    if (state !== 'conflict' && state !== 'details-missing')
      return answerOf(await syncUnderLease(services, userId, 'all', lease));
    // A row that was changed past the portal is due as stored, although nothing can be done: it must not come first again.
    await postpone(services, customers, userId);
  } catch (error) {
    if (error instanceof LeaseBusy) return null;
    if (!(error instanceof SealError || error instanceof IntegrityError)) throw error;
    services.log.error({ event: 'details_cannot_be_opened', userId });
    await postpone(services, customers, userId);
  }
  return null;
}

/** A refusal comes from a working KunaCore. */
function answerOf(error: KunaCoreError | null): Answer {
  return error?.isTransient ? 'failed' : 'answered';
}

function nextRevocation({ db }: Services): SQLWrapper {
  return db
    .select({ userId: customers.userId })
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
    .limit(1)
    .for('no key update', { of: customers, skipLocked: true });
}

function nextCustomer({ db }: Services): SQLWrapper {
  return db
    .select({ userId: customers.userId })
    .from(customers)
    .where(and(hasOpenWork(customers), lte(customers.nextAttemptAt, sql`now()`), leaseIsFree()))
    .orderBy(customers.nextAttemptAt)
    .limit(1)
    .for('no key update', { skipLocked: true });
}
