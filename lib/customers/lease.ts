import 'server-only';
import { randomUUID } from 'node:crypto';
import { and, eq, gt, isNull, lt, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { customers } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { traced } from '@/lib/telemetry/telemetry';

/**
 * Another KunaCore operation of this customer runs, here or in another instance; perhaps because this process was
 * paused for longer than its own lease.
 */
export class LeaseBusy extends Error {
  override readonly name = 'LeaseBusy';
}

/** A held lease. */
export interface Lease {
  owner: string;
  /**
   * Restarts the lease's time, at most once a second. Call it before every call to KunaCore.
   * @throws LeaseBusy when another holder has it now; the call must not be made then.
   */
  renew(): Promise<void>;
  /**
   * Gives the lease back early, as a part of the caller's last statement.
   * @param condition for doing so, beside that the lease is still held.
   * @param run executes the `update`, and returns whether it changed the row.
   * @returns the same.
   */
  giveBackIf(condition: SQL | undefined, run: (update: SQLWrapper) => Promise<boolean>): Promise<boolean>;
}

/** Longer than the longest single call (lib/kunacore/deadlines.ts), so that it only expires when its holder dies. */
const LEASE_SECONDS = 15;
/** A lease younger than this outlasts any call, and no other caller can have taken it. */
const FRESH_MS = 1_000;

/**
 * Runs `work` while no other KunaCore operation of this customer runs, in any instance. A lease expires, unlike a lock:
 * a holder that dies does not block others for long, and no transaction stays open across a call.
 * @param waitMs how long to wait for another holder.
 * @throws LeaseBusy when it is still taken by then, or was lost.
 */
export function withLease<T>(
  services: Pick<Services, 'db' | 'clock'>,
  userId: string,
  waitMs: number,
  work: (lease: Lease) => Promise<T>,
): Promise<T> {
  return traced({ name: 'kuna_portal.lease' }, () => waitAndHold(services, userId, waitMs, work));
}

async function waitAndHold<T>(
  services: Pick<Services, 'db' | 'clock'>,
  userId: string,
  waitMs: number,
  work: (lease: Lease) => Promise<T>,
): Promise<T> {
  const owner = randomUUID();
  const { clock } = services;
  const deadline = clock.elapsed() + waitMs;
  // Before the statement that starts the lease, whose response may be late.
  let startedAt = clock.elapsed();
  while (!(await take(services, userId, owner))) {
    if (clock.elapsed() >= deadline) throw new LeaseBusy();
    await clock.sleep(20 + Math.random() * 60);
    startedAt = clock.elapsed();
  }
  return holding(services, { userId, owner, startedAt }, work);
}

/**
 * Finds one customer and takes the lease in the same statement, then runs `work`. Several instances that do this at once
 * get different customers, and none waits for another.
 * @param next query of one user id, of customers whose `leaseIsFree`, locked with `skip locked`.
 * @returns null when the query finds none. @throws LeaseBusy when the lease was lost.
 */
export async function withNextLease<T>(
  services: Pick<Services, 'db' | 'clock'>,
  next: SQLWrapper,
  work: (userId: string, lease: Lease) => Promise<T>,
): Promise<T | null> {
  const owner = randomUUID();
  const startedAt = services.clock.elapsed();
  const userId = await take(services, next, owner);
  if (userId === null) return null;
  return holding(services, { userId, owner, startedAt }, (lease) => work(userId, lease));
}

/** Matches customers whose lease is free. */
export function leaseIsFree(): SQL | undefined {
  return or(isNull(customers.leaseUntil), lt(customers.leaseUntil, sql`now()`));
}

/** Runs `work` under a lease that was taken, and gives it back. @param held `startedAt` is a time of the clock. */
async function holding<T>(
  services: Pick<Services, 'db' | 'clock'>,
  held: { userId: string; owner: string; startedAt: number },
  work: (lease: Lease) => Promise<T>,
): Promise<T> {
  const { userId, owner } = held;
  let { startedAt } = held;
  const renewOnceASecond = async () => {
    const now = services.clock.elapsed();
    if (now - startedAt < FRESH_MS) return;
    await renew(services, userId, owner);
    startedAt = now;
  };
  let isHeld = true;
  const giveBackIf: Lease['giveBackIf'] = async (condition, run) => {
    const isOurs = gt(customers.leaseUntil, sql`now()`);
    isHeld = !(await run(releasing(services, userId, owner, and(isOurs, condition))));
    return !isHeld;
  };
  try {
    return await work({ owner, renew: renewOnceASecond, giveBackIf });
  } finally {
    if (isHeld) await releasing(services, userId, owner).catch(() => {});
  }
}

async function take({ db }: Pick<Services, 'db'>, userId: string | SQLWrapper, owner: string): Promise<string | null> {
  const [taken] = await db
    .update(customers)
    .set({ leaseOwner: owner, leaseUntil: leaseEnd() })
    .where(and(eq(customers.userId, userId), leaseIsFree()))
    .returning({ userId: customers.userId });
  return taken?.userId ?? null;
}

/** Renews the lease. An expired lease can be renewed unless another caller has taken it. */
async function renew({ db }: Pick<Services, 'db'>, userId: string, owner: string): Promise<void> {
  const renewed = await db
    .update(customers)
    .set({ leaseUntil: leaseEnd() })
    .where(and(eq(customers.userId, userId), eq(customers.leaseOwner, owner)))
    .returning({ userId: customers.userId });
  if (renewed.length === 0) throw new LeaseBusy();
}

/** Gives the lease back. Best effort: otherwise it expires by itself. */
function releasing({ db }: Pick<Services, 'db'>, userId: string, owner: string, condition?: SQL) {
  return db
    .update(customers)
    .set({ leaseOwner: null, leaseUntil: null })
    .where(and(eq(customers.userId, userId), eq(customers.leaseOwner, owner), condition))
    .returning({ userId: customers.userId });
}

/** Uses the database's clock, because the clocks of instances may differ. */
function leaseEnd() {
  return sql`now() + make_interval(secs => ${LEASE_SECONDS})`;
}
