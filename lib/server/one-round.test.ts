// One round of all background work, as an instance of the portal does it whose process does not live on.
import { eq, gt, isNull, sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { config } from '@/lib/config/config';
import { storeDetails } from '@/lib/customers/details';
import { auditEvents, authorisations, sessions } from '@/lib/db/schema';
import { addCustomer, addUser, customerRow, DETAILS, signIn, usePortal } from '@/tests/portal';
import { runOneRound } from './one-round';

const { portal, sandbox } = usePortal();

// Its messages have tests of their own (lib/notifications).
beforeEach(() => {
  Object.assign(config(), { email: null });
});

const pending = () => portal.services.db.$count(authorisations, gt(authorisations.epoch, authorisations.revokedEpoch));

test('carries out what other instances left: expiry, revocations, customers and the seals of the audit log', async () => {
  const { services } = portal;
  const leaving = await addCustomer(services);
  await (await signIn(services, leaving.id)).signOut();
  const idle = await addCustomer(services);
  await signIn(services, idle.id);
  await services.db
    .update(sessions)
    .set({ lastSeenAt: sql`now() - interval '1 day'` })
    .where(eq(sessions.userId, idle.id));
  const created = await addUser(services);
  await storeDetails(services, created.id, DETAILS);

  const summary = await runOneRound(20_000);

  expect(summary).toMatchObject({ complete: true, unfinished: [] });
  expect(summary.work.revocations).toEqual({ due: 1, left: 0 });
  expect(summary.work.customers).toEqual({ due: 1, left: 0 });
  expect(summary.work.unsealedEvents).toMatchObject({ left: 0 });
  const invalidated = (await sandbox.calls('/v2/ramp/invalidate')).map(({ body }) => body.customerId);
  expect(invalidated.sort()).toEqual([leaving.customerId, idle.customerId].sort());
  expect(await services.db.$count(sessions)).toBe(0);
  expect((await customerRow(services, created.id)).customerId).not.toBeNull();
  expect(await services.db.$count(auditEvents, isNull(auditEvents.seq))).toBe(0);
});

test('reports what is left while KunaCore is down, and a later round finishes it', async () => {
  const { services } = portal;
  const { id } = await addCustomer(services);
  await (await signIn(services, id)).signOut();
  await sandbox.fault({ endpoint: '*', kind: 'status', status: 503 });
  const summary = await runOneRound(20_000);
  expect(summary).toMatchObject({ complete: false, work: { revocations: { due: 1, left: 1 } } });
  expect(summary.unfinished).toContainEqual({ work: 'reconcile', because: 'unavailable' });
  await sandbox.clearFaults();
  await services.db.update(authorisations).set({ nextAttemptAt: sql`now()` });
  expect((await runOneRound(20_000)).work.revocations).toEqual({ due: 1, left: 0 });
});

test('shares the work with another round at the same time, each revocation carried out once', async () => {
  const { services } = portal;
  for (let count = 0; count < 4; count += 1) {
    const { id } = await addCustomer(services);
    await (await signIn(services, id)).signOut();
  }
  await Promise.all([runOneRound(20_000), runOneRound(20_000)]);
  expect(await pending()).toBe(0);
  expect(await sandbox.calls('/v2/ramp/invalidate')).toHaveLength(4);
});

test('begins nothing once its time is over', async () => {
  const { services } = portal;
  const { id } = await addCustomer(services);
  await (await signIn(services, id)).signOut();
  const summary = await runOneRound(0);
  expect(summary).toMatchObject({ complete: false, work: { revocations: { due: 1, left: 1 } } });
  expect(summary.unfinished).toContainEqual({ work: 'reconcile', because: 'time' });
  expect(await sandbox.calls('/v2/ramp/invalidate')).toEqual([]);
});
