// The response to "create" never comes, or is worthless. Whatever KunaCore did: one customer in the end, and ours.
import { describe, expect, test } from 'vitest';
import { reconcile, retryNow } from '@/lib/server/reconciler';
import { addUser, customerRow, DETAILS, NO_LISTENER, save, type TestUser, usePortal } from '@/tests/portal';
import { readCustomerState } from './row';

const CREATE = '/v2/customer/create';
const FIND = '/v2/customer/find';

const { portal, sandbox } = usePortal();

const APPLIED = [
  { kind: 'apply-then-fail', status: 500 },
  { kind: 'apply-then-hang' },
  { kind: 'reset-middle' },
  { kind: 'malformed' },
  { kind: 'other-customer' },
];

const NOT_APPLIED = [
  { kind: 'status', status: 503 },
  { kind: 'status', status: 307 },
  { kind: 'hang' },
  { kind: 'reset-before' },
  { kind: 'html' },
  { kind: 'huge' },
];

describe('when KunaCore created the customer [T25]', () => {
  test.each(APPLIED)('$kind: it is found and linked at once', async (fault) => {
    const user = await addUser(portal.services);
    // Whose answer might come instead of ours; without an externalId nothing but the address tells them apart.
    await sandbox.addCustomer({ email: 'somebody.else@example.test' });
    await sandbox.fault({ endpoint: CREATE, count: 1, ...fault });
    await save(portal.services, user.id, DETAILS);
    await expectLinkedOnce(user);
  });

  test.each(APPLIED)('$kind, and it cannot be looked up either: it is found later', async (fault) => {
    const user = await addUser(portal.services);
    await sandbox.addCustomer({ email: 'somebody.else@example.test', externalId: 'crm-4711' });
    await sandbox.fault({ endpoint: CREATE, count: 1, ...fault });
    await sandbox.fault({ endpoint: FIND, kind: 'status', status: 503 });
    await save(portal.services, user.id, DETAILS);
    expect(await readCustomerState(portal.services, user.id)).toEqual({ state: 'creating' });
    await recover();
    await expectLinkedOnce(user);
    // It was looked for before anything was tried again.
    expect(await sandbox.calls(CREATE)).toHaveLength(1);
  });

  test('sends details that were changed during the call', async () => {
    const user = await addUser(portal.services);
    await sandbox.fault({ endpoint: CREATE, kind: 'apply-then-fail' });
    await sandbox.fault({ endpoint: FIND, kind: 'status', status: 503 });
    await save(portal.services, user.id, DETAILS);
    await save(portal.services, user.id, { ...DETAILS, residenceAddress: '2 Khreshchatyk, Kyiv' });
    await recover();
    await expectLinkedOnce(user);
    expect(await sandbox.customers()).toMatchObject([{ residenceAddress: '2 Khreshchatyk, Kyiv' }]);
  });
});

describe('when KunaCore did not create the customer', () => {
  test.each(NOT_APPLIED)('$kind: it is created after recovery', async (fault) => {
    const user = await addUser(portal.services);
    await sandbox.fault({ endpoint: CREATE, ...fault });
    await save(portal.services, user.id, DETAILS);
    expect(await readCustomerState(portal.services, user.id)).toEqual({ state: 'creating' });
    await recover();
    await expectLinkedOnce(user);
  });

  test('a refused connection: it is created after recovery, without looking for it first', async () => {
    const user = await addUser(portal.services);
    await save(portal.at(NO_LISTENER), user.id, DETAILS);
    expect(await readCustomerState(portal.services, user.id)).toEqual({ state: 'creating' });
    expect(await customerRow(portal.services, user.id)).toMatchObject({ createAttemptedAt: null });
    await recover();
    await expectLinkedOnce(user);
    expect(await sandbox.calls(FIND)).toEqual([]);
  });

  test('a process that stops answering: it is created after recovery', async () => {
    const user = await addUser(portal.services);
    sandbox.freeze();
    await save(portal.services, user.id, DETAILS);
    expect(await readCustomerState(portal.services, user.id)).toEqual({ state: 'creating' });
    sandbox.thaw();
    await recover();
    await expectLinkedOnce(user);
  });
});

test('a failed attempt is not due again at once', async () => {
  const user = await addUser(portal.services);
  await sandbox.fault({ endpoint: '*', kind: 'status', status: 503 });
  await save(portal.services, user.id, DETAILS);
  const row = await customerRow(portal.services, user.id);
  expect(row.attempts).toBe(1);
  const attemptedAt = row.createAttemptedAt?.getTime() ?? Number.NaN;
  expect(row.nextAttemptAt.getTime() - attemptedAt).toBeGreaterThanOrEqual(250);
});

test('makes one call in a round during a known outage', async () => {
  const users = await Promise.all([1, 2, 3].map(() => addUser(portal.services)));
  for (const user of users) await save(portal.at(NO_LISTENER), user.id, DETAILS);
  await retryNow(portal.services);
  await sandbox.fault({ endpoint: CREATE, kind: 'status', status: 429 });
  expect(await reconcile(portal.services, true)).toEqual({ unavailable: true, answered: false, more: false });
  expect(await sandbox.calls(CREATE)).toHaveLength(1);
  await recover();
  expect(await sandbox.customers()).toHaveLength(3);
});

/** KunaCore answers again, and the reconciler notices. */
async function recover(): Promise<void> {
  await sandbox.clearFaults();
  await retryNow(portal.services);
  expect(await reconcile(portal.services)).toMatchObject({ unavailable: false });
}

async function expectLinkedOnce(user: TestUser): Promise<void> {
  const row = await customerRow(portal.services, user.id);
  const theirs = (await sandbox.customers()).filter(({ email }) => email === user.email);
  expect(theirs).toHaveLength(1);
  expect(theirs[0]).toMatchObject({ id: row.customerId, walletId: row.walletId, externalId: row.externalId });
  expect(row).toMatchObject({ state: 'linked' });
}
