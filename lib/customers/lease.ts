import 'server-only';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { and, eq, gt, isNull, lt, or, sql } from 'drizzle-orm';
import { customers } from '../db/schema';
import type { Services } from '../services';

/** Another KunaCore operation of this customer is under way, here or in another instance. */
export class LeaseBusy extends Error {
  override readonly name = 'LeaseBusy';
}

/** Longer than the longest chain of KunaCore calls made under one lease, so that it only runs out with its holder. */
const LEASE_SECONDS = 40;

/**
 * Runs `work` while no other KunaCore operation of this customer runs, in any instance. A lease with an end, not a
 * held lock: a holder that dies blocks nobody for long, and no transaction stays open across a call.
 * @param waitMs how long to wait for another holder.
 * @throws LeaseBusy when it is still taken by then.
 */
export async function withLease<T>(
  services: Pick<Services, 'db'>,
  userId: string,
  waitMs: number,
  work: (owner: string) => Promise<T>,
): Promise<T> {
  const owner = randomUUID();
  const deadline = performance.now() + waitMs;
  while (!(await take(services, userId, owner))) {
    if (performance.now() >= deadline) throw new LeaseBusy();
    await sleep(20 + Math.random() * 60);
  }
  try {
    return await work(owner);
  } finally {
    await release(services, userId, owner);
  }
}

/** Is the lease still this holder's? A process that was stopped for a while may have lost it. */
export async function holdsLease({ db }: Pick<Services, 'db'>, userId: string, owner: string): Promise<boolean> {
  const held = await db
    .select({ userId: customers.userId })
    .from(customers)
    .where(and(eq(customers.userId, userId), eq(customers.leaseOwner, owner), gt(customers.leaseUntil, sql`now()`)));
  return held.length > 0;
}

async function take({ db }: Pick<Services, 'db'>, userId: string, owner: string): Promise<boolean> {
  const taken = await db
    .update(customers)
    .set({ leaseOwner: owner, leaseUntil: sql`now() + make_interval(secs => ${LEASE_SECONDS})` })
    .where(and(eq(customers.userId, userId), or(isNull(customers.leaseUntil), lt(customers.leaseUntil, sql`now()`))))
    .returning({ userId: customers.userId });
  return taken.length > 0;
}

/** Best effort: a lease that could not be given back runs out by itself. */
async function release({ db }: Pick<Services, 'db'>, userId: string, owner: string): Promise<void> {
  await db
    .update(customers)
    .set({ leaseOwner: null, leaseUntil: null })
    .where(and(eq(customers.userId, userId), eq(customers.leaseOwner, owner)))
    .catch(() => {});
}
