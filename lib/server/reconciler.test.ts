import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { storeDetails } from '@/lib/customers/details';
import { authorisations, customers, detailsHistory, rateLimits, sessions, verificationTokens } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { EXPIRED_AT_ONCE } from '@/lib/sessions/end';
import { addUser, authorisationRow, customerRow, DETAILS, linkCustomer, signIn, usePortal } from '@/tests/portal';
import { reconcile } from './reconciler';
import { sweep } from './sweep';

const { portal } = usePortal();

/** Adds customers whose access is due to be revoked. Returns KunaCore's ids of them. */
async function addPending(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { id } = await addUser(portal.services);
    await linkCustomer(portal.services, id);
    ids.push((await customerRow(portal.services, id)).customerId ?? '');
  }
  await portal.services.db.update(authorisations).set({ epoch: 1 });
  return ids;
}

/** Returns a portal's services whose calls of `invalidate` are recorded and pass through a gate. */
function instance(gate: (customerId: string) => Promise<void>): { services: Services; invalidated: string[] } {
  const invalidated: string[] = [];
  const invalidate = async (customerId: string) => {
    invalidated.push(customerId);
    await gate(customerId);
  };
  return { services: { ...portal.services, kunacore: { ...portal.services.kunacore, invalidate } }, invalidated };
}

/** Opens once this many have arrived. */
function barrier(count: number): () => Promise<void> {
  let arrived = 0;
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    arrived += 1;
    if (arrived === count) open();
    return opened;
  };
}

test('shares pending revocations between two instances, each carried out once', async () => {
  const pending = await addPending(30);
  // Both are in the middle of their first call before either continues.
  const both = barrier(2);
  const [first, second] = [instance(both), instance(both)];
  const rounds = await Promise.all([reconcile(first.services), reconcile(second.services)]);
  expect(rounds).toEqual(Array.from({ length: 2 }, () => ({ unavailable: false, answered: true, more: false })));
  expect([...first.invalidated, ...second.invalidated].sort()).toEqual(pending.sort());
  expect(Math.min(first.invalidated.length, second.invalidated.length)).toBeGreaterThan(0);
});

test('continues in another instance while the first waits for KunaCore', async () => {
  const pending = await addPending(3);
  let answer = () => {};
  let asked = () => {};
  const called = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const busy = instance(() => {
    asked();
    return answered;
  });
  const idle = instance(async () => {});
  const round = reconcile(busy.services);
  await called;
  await reconcile(idle.services);
  expect([...idle.invalidated, ...busy.invalidated].sort()).toEqual(pending.sort());
  expect(idle.invalidated).toHaveLength(2);
  answer();
  await round;
});

test('takes at most one batch in a round, and says that more is due', async () => {
  const pending = await addPending(201);
  const { services, invalidated } = instance(async () => {});
  expect(await reconcile(services)).toEqual({ unavailable: false, answered: true, more: true });
  expect(invalidated).toHaveLength(200);
  expect(await reconcile(services)).toEqual({ unavailable: false, answered: true, more: false });
  expect(invalidated.sort()).toEqual(pending.sort());
});

test('ends expired sessions in batches, and says that more are due', async () => {
  const { id } = await addUser(portal.services);
  await linkCustomer(portal.services, id);
  const live = await signIn(portal.services, id);
  const expired = Array.from({ length: EXPIRED_AT_ONCE + 1 }, () => ({ expiresAt: new Date(0) }));
  await portal.services.db
    .insert(sessions)
    .values(expired.map((times) => ({ ...times, userId: id, tokenHash: randomUUID() })));
  const { services } = instance(async () => {});
  expect(await reconcile(services)).toMatchObject({ more: true });
  expect(await services.db.$count(sessions)).toBe(2);
  expect(await reconcile(services)).toMatchObject({ more: false });
  expect(await services.db.select({ id: sessions.id }).from(sessions)).toEqual([{ id: live.session.id }]);
  expect(await authorisationRow(services, id)).toMatchObject({ epoch: 2, revokedEpoch: 2 });
});

test('postpones a customer whose details are gone, instead of taking it again and again', async () => {
  const { id } = await addUser(portal.services);
  await storeDetails(portal.services, id, DETAILS);
  await portal.services.db.transaction(async (tx) => {
    // Past the trigger of the history.
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx.delete(detailsHistory).where(eq(detailsHistory.userId, id));
  });
  expect(await reconcile(portal.services)).toEqual({ unavailable: false, answered: false, more: false });
  expect(await customerRow(portal.services, id)).toMatchObject({ attempts: 1, leaseOwner: null });
});

test('sweeps all expired links and ended windows, and keeps the others', async () => {
  const { db } = portal.services;
  const expired = sql`now() - interval '1 second'`;
  const later = sql`now() + interval '1 hour'`;
  const links = Array.from({ length: 1_001 }, (_, index) => ({
    identifier: 'a',
    token: `${index}`,
    expiresAt: expired,
  }));
  await db.insert(verificationTokens).values([...links, { identifier: 'a', token: 'works', expiresAt: later }]);
  await db.delete(rateLimits);
  const windows = Array.from({ length: 5_001 }, (_, index) => ({ key: `${index}`, used: 1, until: expired }));
  await db.insert(rateLimits).values([...windows, { key: 'open', used: 1, until: later }]);
  await sweep(portal.services);
  expect(await db.select({ token: verificationTokens.token }).from(verificationTokens)).toEqual([{ token: 'works' }]);
  expect(await db.select({ key: rateLimits.key }).from(rateLimits)).toEqual([{ key: 'open' }]);
  expect(await db.$count(customers)).toBe(0);
});
