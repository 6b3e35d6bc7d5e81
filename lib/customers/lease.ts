import 'server-only';
import { randomUUID } from 'node:crypto';
import { and, eq, isNull, lt, or, sql } from 'drizzle-orm';
import { customers } from '@/lib/db/schema';
import type { Services } from '@/lib/services';

/**
 * Another KunaCore operation of this customer is under way, here or in another instance; perhaps because this process
 * was stopped for so long that its own lease ran out.
 */
export class LeaseBusy extends Error {
  override readonly name = 'LeaseBusy';
}

/** What a holder can do with its lease. */
export interface Lease {
  owner: string;
  /**
   * To be called before every call of KunaCore: the lease's time starts anew.
   * @throws LeaseBusy when somebody else has it now; the call must not be made then.
   */
  renew(): Promise<void>;
}

/** Longer than the longest single call (lib/kunacore/deadlines.ts): it only runs out with its holder. */
const LEASE_SECONDS = 15;

/**
 * Runs `work` while no other KunaCore operation of this customer runs, in any instance. A lease with an end, not a
 * held lock: a holder that dies blocks nobody for long, and no transaction stays open across a call.
 * @param waitMs how long to wait for another holder.
 * @throws LeaseBusy when it is still taken by then, or was lost.
 */
export async function withLease<T>(
  services: Pick<Services, 'db' | 'clock'>,
  userId: string,
  waitMs: number,
  work: (lease: Lease) => Promise<T>,
): Promise<T> {
  const owner = randomUUID();
  const deadline = services.clock.elapsed() + waitMs;
  while (!(await take(services, userId, owner))) {
    if (services.clock.elapsed() >= deadline) throw new LeaseBusy();
    await services.clock.sleep(20 + Math.random() * 60);
  }
  try {
    return await work({ owner, renew: () => renew(services, userId, owner) });
  } finally {
    await release(services, userId, owner);
  }
}

async function take({ db }: Pick<Services, 'db'>, userId: string, owner: string): Promise<boolean> {
  const taken = await db
    .update(customers)
    .set({ leaseOwner: owner, leaseUntil: untilThen() })
    .where(and(eq(customers.userId, userId), or(isNull(customers.leaseUntil), lt(customers.leaseUntil, sql`now()`))))
    .returning({ userId: customers.userId });
  return taken.length > 0;
}

/** A lease that ran out but was taken by nobody else is still good. */
async function renew({ db }: Pick<Services, 'db'>, userId: string, owner: string): Promise<void> {
  const renewed = await db
    .update(customers)
    .set({ leaseUntil: untilThen() })
    .where(and(eq(customers.userId, userId), eq(customers.leaseOwner, owner)))
    .returning({ userId: customers.userId });
  if (renewed.length === 0) throw new LeaseBusy();
}

/** Best effort: a lease that could not be given back runs out by itself. */
async function release({ db }: Pick<Services, 'db'>, userId: string, owner: string): Promise<void> {
  await db
    .update(customers)
    .set({ leaseOwner: null, leaseUntil: null })
    .where(and(eq(customers.userId, userId), eq(customers.leaseOwner, owner)))
    .catch(() => {});
}

/** By the database's clock: instances may disagree about the time. */
function untilThen() {
  return sql`now() + make_interval(secs => ${LEASE_SECONDS})`;
}
