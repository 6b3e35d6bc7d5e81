// Purchases are noticed in the background and by the person's own page, each reported once.
import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { issueToken } from '@/lib/authorisations/issue';
import { notifications, purchaseWatches } from '@/lib/db/schema';
import { UnreachableError } from '@/lib/kunacore/errors';
import type { Operation as KunaCoreOperation } from '@/lib/kunacore/operations';
import type { Services } from '@/lib/services';
import { addCustomer, customerRow, signIn, USER_AGENT, usePortal } from '@/tests/portal';
import { lookSome, planAfter, reportFound } from './watch';

const { portal } = usePortal();

const NO_AMOUNTS = {
  ...{ sourceAsset: undefined, sourceAmount: undefined, targetAsset: undefined, targetAmount: undefined },
  ...{ fee: undefined, updatedAt: undefined },
};

/** A customer who has just opened the widget, with a KunaCore that knows these operations. */
async function watched() {
  const user = await addCustomer(portal.services);
  const { session } = await signIn(portal.services, user.id);
  await issueToken(portal.services, session, USER_AGENT);
  const { walletId } = await customerRow(portal.services, user.id);
  const operations: KunaCoreOperation[] = [];
  let calls = 0;
  const findOperations = async () => {
    calls += 1;
    return operations;
  };
  const services: Services = { ...portal.services, kunacore: { ...portal.services.kunacore, findOperations } };
  const add = (id: string, status: string, createdAt = new Date().toISOString(), type = 'DepositWithExchange') => {
    operations.push({ ...NO_AMOUNTS, id, status, type, createdAt, walletId: walletId ?? '' });
  };
  return { user, services, add, operations, calls: () => calls };
}

async function makeDue(userId: string) {
  await portal.services.db
    .update(purchaseWatches)
    .set({ nextLookAt: sql`now()` })
    .where(eq(purchaseWatches.userId, userId));
}

async function reported(userId: string): Promise<string[]> {
  const rows = await portal.services.db.select().from(notifications).where(eq(notifications.userId, userId));
  return rows
    .filter(({ kind }) => kind.startsWith('purchase'))
    .map(({ kind, subject }) => `${kind} ${subject}`)
    .sort();
}

async function watchRow(userId: string) {
  const [row] = await portal.services.db.select().from(purchaseWatches).where(eq(purchaseWatches.userId, userId));
  return row;
}

test('looks when it is due, and reports each state of a purchase once', async () => {
  const { user, services, add, operations, calls } = await watched();
  add('a', 'Processing');
  add('b', 'OnHold');
  add('deposit', 'Completed', undefined, 'Deposit');
  await lookSome(services);
  expect(calls()).toBe(0);
  await makeDue(user.id);
  expect(await lookSome(services)).toBe('idle');
  expect(await reported(user.id)).toEqual(['purchase-on-hold b']);
  for (const operation of operations) operation.status = 'Completed';
  for (const _ of [1, 2]) {
    await makeDue(user.id);
    await lookSome(services);
  }
  expect(await reported(user.id)).toEqual(['purchase-completed a', 'purchase-completed b', 'purchase-on-hold b']);
});

test('reports no purchase that began before the widget was opened for the first time', async () => {
  const { user, services, add } = await watched();
  add('old', 'Completed', new Date(Date.now() - 3_600_000).toISOString());
  await makeDue(user.id);
  await lookSome(services);
  expect(await reported(user.id)).toEqual([]);
});

test('keeps the look due while KunaCore is unavailable, and ends the round', async () => {
  const { user, services, add, operations } = await watched();
  add('a', 'Declined');
  const findOperations = async () => {
    throw new UnreachableError('/v2/operation/find', 'ECONNREFUSED', false);
  };
  await makeDue(user.id);
  expect(await lookSome({ ...services, kunacore: { ...services.kunacore, findOperations } })).toBe('unavailable');
  expect(await watchRow(user.id)).toMatchObject({ attempts: 1, nextLookAt: expect.any(Date) });
  await makeDue(user.id);
  await lookSome(services);
  expect(operations).toHaveLength(1);
  expect(await reported(user.id)).toEqual(['purchase-declined a']);
  expect(await watchRow(user.id)).toMatchObject({ attempts: 0 });
});

test('a page reports at once what it has read, and the look that follows reports nothing more', async () => {
  const { user, services, operations, add } = await watched();
  add('a', 'Completed');
  const found = operations.map((one) => ({ ...one, walletId: 'w', updatedAt: null }) as never);
  await reportFound(services, user.id, found);
  await makeDue(user.id);
  await lookSome(services);
  expect(await reported(user.id)).toEqual(['purchase-completed a']);
});

test('watches nothing and stores nothing without a mail server', async () => {
  const user = await addCustomer(portal.services);
  const { session } = await signIn(portal.services, user.id);
  await issueToken({ ...portal.services, sendsMail: false }, session, USER_AGENT);
  expect(await watchRow(user.id)).toBeUndefined();
});

const HOUR = 3_600_000;

test('an unfinished purchase stays in sight until it is over; without one, looks end two days after the widget', () => {
  const now = Date.parse('2026-11-27T12:00:00Z');
  const time = fc.integer({ min: 0, max: 400 * 24 }).map((hours) => new Date(now - hours * HOUR));
  const purchases = fc.array(
    fc.record({
      status: fc.constantFrom('Created', 'Processing', 'OnHold', 'Completed', 'Declined'),
      createdAt: fc.option(time.map((at) => at.toISOString())),
    }),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(time, time, purchases, (since, activeAt, found) => {
      const plan = planAfter({ since, activeAt }, found, now);
      const isOpen = ({ status }: { status: string }) => !['Completed', 'Declined'].includes(status);
      const youngEnough = (at: string | null) => now - (at ? Date.parse(at) : since.getTime()) < 365 * 24 * HOUR;
      const open = found.filter((one) => isOpen(one) && youngEnough(one.createdAt));
      expect(plan.since.getTime()).toBeGreaterThanOrEqual(since.getTime());
      for (const { createdAt } of open)
        if (createdAt && Date.parse(createdAt) >= since.getTime())
          expect(plan.since.getTime()).toBeLessThanOrEqual(Date.parse(createdAt));
      expect(plan.nextLookAt !== null).toBe(open.length > 0 || now - activeAt.getTime() < 48 * HOUR);
    }),
  );
});
