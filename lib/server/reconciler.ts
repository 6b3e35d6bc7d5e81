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
import { authorisations, customers, details } from '@/lib/db/schema';
import { isTransient, KunaCoreError } from '@/lib/kunacore/errors';
import { describeError } from '@/lib/log/log';
import type { Services } from '@/lib/services';
import { endSessions } from '@/lib/sessions/end';
import { sweepLinks } from '@/lib/sign-in/links';

// The database says what is wanted and what is done; this makes the second follow the first. It remembers nothing:
// a process that dies loses no work, and any instance can go on.

/** What one round found and did. */
export interface Round {
  /** Work was left undone because KunaCore did not answer. */
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
 * One round, and what comes after it: at once when more is due, every 2 s otherwise, slower while KunaCore is down.
 * When it is back, what had been put off is due at once.
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
  if (probing) await hasten(services);
  return more || probing ? { milliseconds: 0, wakeable: false } : { milliseconds: IDLE_MS, wakeable: true };
}

/** After a round that the database did not let finish. */
export const AFTER_DATABASE_ERROR: Pause = { milliseconds: FIRST_PROBE_MS, wakeable: false };

const BATCH = 50;
const PARALLEL = 8;

/**
 * One round: sweeps expired sessions, carries out wanted invalidations, then finishes what customers wait for.
 * @throws the driver's error while the database cannot be reached.
 */
export async function reconcile(services: Services): Promise<Round> {
  await endSessions(services, { expired: services.limits }, 'expired');
  await closeWindows(services);
  await sweepLinks(services);
  const ends = await dueInvalidations(services);
  const endsDone = await work(services, ends, invalidate);
  if (endsDone.unavailable) return { unavailable: true, more: false };
  const waiting = await dueCustomers(services);
  const { unavailable } = await work(services, waiting, advanceCustomer);
  return { unavailable, more: ends.length === BATCH || waiting.length === BATCH };
}

/** After an outage: what had been put off because of it is due now. */
export async function hasten({ db }: Services): Promise<void> {
  const due = { nextAttemptAt: sql`now()` };
  await db.update(authorisations).set(due).where(gt(authorisations.epoch, authorisations.revokedEpoch));
  await db.update(customers).set(due).where(eq(customers.state, 'creating'));
}

type Outcome = 'done' | 'unavailable';

/** Runs a few at a time and stops taking more once KunaCore does not answer: one probe is enough. */
async function work(
  services: Services,
  userIds: string[],
  step: (services: Services, userId: string) => Promise<Outcome>,
): Promise<{ unavailable: boolean }> {
  const queue = [...userIds];
  let unavailable = false;
  const worker = async () => {
    for (let userId = queue.shift(); userId && !unavailable; userId = queue.shift()) {
      if ((await step(services, userId)) === 'unavailable') unavailable = true;
    }
  };
  // The first one goes alone: during an outage a round costs one call.
  const first = queue.shift();
  if (first && (await step(services, first)) === 'unavailable') return { unavailable: true };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, queue.length) }, worker));
  return { unavailable };
}

async function invalidate(services: Services, userId: string): Promise<Outcome> {
  try {
    await withLease(services, userId, 0, (lease) => revokePending(services, userId, lease));
    return 'done';
  } catch (error) {
    if (error instanceof LeaseBusy) return 'done'; // its holder settles first, or a later round does
    if (!(error instanceof KunaCoreError || error instanceof IntegrityError)) throw error;
    services.log.warn({ event: 'invalidation_postponed', userId, error: describeError(error) });
    const [row] = await services.db.select().from(authorisations).where(eq(authorisations.userId, userId));
    await postpone(services, authorisations, userId, row?.attempts ?? 0, error);
    return isTransient(error) ? 'unavailable' : 'done';
  }
}

async function advanceCustomer(services: Services, userId: string): Promise<Outcome> {
  try {
    const state = await createCustomer(services, userId, 0);
    if (state.state === 'creating') return 'unavailable';
    // Found by its stored state, which says otherwise when the row was changed past the portal: it must not come first
    // again and again.
    if (state.state === 'conflict') await putAside(services, userId);
    else if (state.state !== 'rejected') await syncCustomer(services, userId, 'all', 0);
  } catch (error) {
    if (error instanceof SealError) {
      services.log.error({ event: 'details_cannot_be_opened', userId });
      await putAside(services, userId);
    } else if (!(error instanceof LeaseBusy)) throw error;
  }
  return 'done';
}

/** What waits for a person, or for a key, must not hold up everybody behind it. */
async function putAside(services: Services, userId: string): Promise<void> {
  const [row] = await services.db.select().from(customers).where(eq(customers.userId, userId));
  await postpone(services, customers, userId, row?.attempts ?? 0);
}

async function dueInvalidations({ db }: Services): Promise<string[]> {
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

/** Customers that are being created, whose details KunaCore does not have yet, or that wait for its verdict. */
async function dueCustomers({ db }: Services): Promise<string[]> {
  const notAccepted = sql`upper(${customers.verificationStatus}) <> 'ACCEPTED' or upper(${customers.walletStatus}) <> 'ACTIVE'`;
  const rows = await db
    .select({ userId: customers.userId })
    .from(customers)
    .innerJoin(details, eq(details.userId, customers.userId))
    .where(
      and(
        lte(customers.nextAttemptAt, sql`now()`),
        leaseIsFree(),
        or(
          eq(customers.state, 'creating'),
          and(eq(customers.state, 'linked'), or(lt(customers.sentVersion, details.version), notAccepted)),
        ),
      ),
    )
    .orderBy(customers.nextAttemptAt)
    .limit(BATCH);
  return rows.map(({ userId }) => userId);
}

function leaseIsFree(): SQL | undefined {
  return or(isNull(customers.leaseUntil), lt(customers.leaseUntil, sql`now()`));
}
