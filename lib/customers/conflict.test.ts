import { randomUUID } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { auditEvents, customers } from '@/lib/db/schema';
import { reconcile } from '@/lib/server/reconciler';
import {
  addCustomer,
  addUser,
  customerRow,
  DETAILS,
  NO_LISTENER,
  save,
  type TestUser,
  usePortal,
} from '@/tests/portal';
import type { SandboxCustomer } from '@/tests/sandbox';
import { conflictRecords, dismissConflict, linkConflict, retryRejected } from './conflict';
import { readCustomerState } from './row';

const OPERATOR = `operator:${randomUUID()}` as const;
const { portal, sandbox } = usePortal();

test('shows both records of a conflict', async () => {
  const { user, theirs } = await conflict();
  const records = await conflictRecords(portal.services, user.id);
  expect(records).toMatchObject({
    ours: { email: user.email, details: { firstName: 'Olena' }, dismissedAt: null },
    theirs: { id: theirs.id, firstName: 'Somebody', externalId: 'crm-4711' },
    isTaken: false,
  });
});

test('shows no records of a person without a conflict', async () => {
  const { id } = await addCustomer(portal.services);
  expect(await conflictRecords(portal.services, id)).toBeNull();
});

test('links the person to the customer, which becomes ours and gets their details', async () => {
  const { user, theirs } = await conflict();
  expect(await linkConflict(portal.services, user.id, theirs.id, OPERATOR)).toBeNull();
  await reconcile(portal.services);
  const { externalId } = await customerRow(portal.services, user.id);
  expect(await readCustomerState(portal.services, user.id)).toMatchObject({ state: 'ready', customerId: theirs.id });
  const { residenceAddress } = DETAILS;
  expect(await sandbox.customers()).toMatchObject([{ id: theirs.id, externalId, residenceAddress }]);
  expect(await auditedFacts(user.id)).toContainEqual({ customer: 'claimed', customerId: theirs.id });
});

test('does not link a customer with another address [T21]', async () => {
  const { user } = await conflict();
  const other = await sandbox.addCustomer({ email: 'other@example.test' });
  expect(await linkConflict(portal.services, user.id, other.id, OPERATOR)).toBe('email-differs');
  expect(await readCustomerState(portal.services, user.id)).toEqual({ state: 'conflict' });
  expect((await sandbox.customers()).map(({ externalId }) => externalId)).toEqual(['crm-4711', null]);
});

test.each(['customerId', 'externalId'] as const)(
  'does not link a customer that another person has by its %s [T21]',
  async (by) => {
    const other = await addCustomer(portal.services);
    const { externalId } = await customerRow(portal.services, other.id);
    const { user, theirs } = await conflict(by === 'externalId' ? externalId : undefined);
    const { db } = portal.services;
    if (by === 'customerId')
      await db.update(customers).set({ customerId: theirs.id }).where(eq(customers.userId, other.id));
    expect(await conflictRecords(portal.services, user.id)).toMatchObject({ isTaken: true });
    expect(await linkConflict(portal.services, user.id, theirs.id, OPERATOR)).toBe('taken');
    expect(await readCustomerState(portal.services, user.id)).toEqual({ state: 'conflict' });
  },
);

test('links nobody whose row was changed past the portal [T31]', async () => {
  const { user, theirs } = await conflict();
  await portal.services.db.update(customers).set({ externalId: randomUUID() }).where(eq(customers.userId, user.id));
  expect(await linkConflict(portal.services, user.id, theirs.id, OPERATOR)).toBe('no-conflict');
});

test('links once although the first response was lost', async () => {
  const { user, theirs } = await conflict();
  await sandbox.fault({ endpoint: '/v2/customer/update', kind: 'apply-then-fail' });
  expect(await linkConflict(portal.services, user.id, theirs.id, OPERATOR)).toBe('unavailable');
  expect(await readCustomerState(portal.services, user.id)).toEqual({ state: 'conflict' });
  await sandbox.clearFaults();
  expect(await linkConflict(portal.services, user.id, theirs.id, OPERATOR)).toBeNull();
  expect(await sandbox.customers()).toHaveLength(1);
});

test('gives the customer back when KunaCore refuses', async () => {
  const { user, theirs } = await conflict();
  await sandbox.fault({ endpoint: '/v2/customer/update', kind: 'status', status: 422 });
  expect(await linkConflict(portal.services, user.id, theirs.id, OPERATOR)).toBe('refused');
  expect(await customerRow(portal.services, user.id)).toMatchObject({ state: 'conflict', customerId: null });
  expect(await conflictRecords(portal.services, user.id)).toMatchObject({ isTaken: false });
});

test('reports an unreachable KunaCore and a missing customer', async () => {
  const { user, theirs } = await conflict();
  expect(await linkConflict(portal.at(NO_LISTENER), user.id, theirs.id, OPERATOR)).toBe('unavailable');
  expect(await linkConflict(portal.services, user.id, randomUUID(), OPERATOR)).toBe('gone');
});

test('puts a conflict aside until KunaCore is asked again', async () => {
  const { user } = await conflict();
  expect(await dismissConflict(portal.services, user.id, OPERATOR)).toBe(true);
  expect(await customerRow(portal.services, user.id)).toMatchObject({ state: 'conflict' });
  expect((await customerRow(portal.services, user.id)).conflictDismissedAt).not.toBeNull();
  expect(await retryRejected(portal.services, user.id, OPERATOR)).toBe(true);
  expect(await customerRow(portal.services, user.id)).toMatchObject({ state: 'creating', conflictDismissedAt: null });
  expect(await auditedFacts(user.id)).toEqual(
    expect.arrayContaining([{ customer: 'dismissed' }, { customer: 'asked-again' }]),
  );
});

test('asks again after a rejection, and looks before it creates', async () => {
  const user = await addUser(portal.services);
  await sandbox.fault({ endpoint: '/v2/customer/create', kind: 'status', status: 422 });
  await save(portal.services, user.id, DETAILS);
  expect(await readCustomerState(portal.services, user.id)).toEqual({ state: 'rejected' });
  await sandbox.clearFaults();
  const before = (await sandbox.calls()).length;
  expect(await retryRejected(portal.services, user.id, OPERATOR)).toBe(true);
  await reconcile(portal.services);
  const [first] = (await sandbox.calls()).slice(before);
  expect(first?.path).toBe('/v2/customer/find');
  expect(await readCustomerState(portal.services, user.id)).toMatchObject({ state: 'ready' });
});

test('sends a rejected change again', async () => {
  const { id } = await addCustomer(portal.services);
  await sandbox.fault({ endpoint: '/v2/customer/update', kind: 'status', status: 422 });
  await save(portal.services, id, { ...DETAILS, residenceAddress: '2 Khreshchatyk, Kyiv' });
  await sandbox.clearFaults();
  expect(await retryRejected(portal.services, id, OPERATOR)).toBe(true);
  await reconcile(portal.services);
  expect(await sandbox.customers()).toMatchObject([{ residenceAddress: '2 Khreshchatyk, Kyiv' }]);
  expect(await customerRow(portal.services, id)).toMatchObject({ rejectionCode: null });
});

test('asks nothing again about a customer who is in order', async () => {
  const { id } = await addCustomer(portal.services);
  expect(await retryRejected(portal.services, id, OPERATOR)).toBe(false);
  expect(await dismissConflict(portal.services, id, OPERATOR)).toBe(false);
  expect(await linkConflict(portal.services, id, randomUUID(), OPERATOR)).toBe('no-conflict');
});

/** A person whose address KunaCore has already. */
async function conflict(externalId = 'crm-4711'): Promise<{ user: TestUser; theirs: SandboxCustomer }> {
  const user = await addUser(portal.services);
  const theirs = await sandbox.addCustomer({ email: user.email, externalId });
  await save(portal.services, user.id, DETAILS);
  expect(await readCustomerState(portal.services, user.id)).toEqual({ state: 'conflict' });
  return { user, theirs };
}

async function auditedFacts(userId: string): Promise<unknown[]> {
  const ofUser = and(eq(auditEvents.subject, userId), eq(auditEvents.event, 'user_updated'));
  const rows = await portal.services.db.select({ facts: auditEvents.facts }).from(auditEvents).where(ofUser);
  return rows.map(({ facts }) => facts);
}
