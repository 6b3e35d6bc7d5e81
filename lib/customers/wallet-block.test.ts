import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { customers } from '@/lib/db/schema';
import { blockUser, unblockUser } from '@/lib/operator/block';
import { deleteUser } from '@/lib/privacy/delete-user';
import { reconcile } from '@/lib/server/reconciler';
import type { Services } from '@/lib/services';
import { addCustomer, addUser, customerRow, DETAILS, NO_LISTENER, save, usePortal } from '@/tests/portal';
import { storeDetails } from './details';
import { readCustomerState } from './row';
import { syncCustomer } from './sync';

const UPDATE = '/v2/customer/update';
const { portal, sandbox } = usePortal();

test('a block reaches the wallet, and an unblock lifts it [T15]', async () => {
  const { id } = await addCustomer(portal.services);
  await blockUser(portal.services, id);
  await reconcile(portal.services);
  expect(await walletStatus()).toBe('Blocked');
  expect(await readCustomerState(portal.services, id)).toMatchObject({ state: 'blocked', walletStatus: 'Blocked' });
  await unblockUser(portal.services, id);
  await reconcile(portal.services);
  expect(await walletStatus()).toBe('Active');
  expect(await readCustomerState(portal.services, id)).toMatchObject({ state: 'ready' });
  expect(await sent()).toEqual(['Blocked', 'Active']);
});

test('sends a block when KunaCore is back', async () => {
  const { id } = await addCustomer(portal.services);
  await blockUser(portal.services, id);
  await reconcile(portal.at(NO_LISTENER));
  expect(await customerRow(portal.services, id)).toMatchObject({ walletBlock: 'due' });
  await makeDue(id);
  await reconcile(portal.services);
  expect(await walletStatus()).toBe('Blocked');
  expect(await customerRow(portal.services, id)).toMatchObject({ walletBlock: 'set' });
});

test('sends nothing for a block that was lifted before it was sent', async () => {
  const { id } = await addCustomer(portal.services);
  await blockUser(portal.services, id);
  await unblockUser(portal.services, id);
  await reconcile(portal.services);
  expect(await sent()).toEqual([]);
  expect(await customerRow(portal.services, id)).toMatchObject({ walletBlock: null });
});

test('lifts a block whose response was lost', async () => {
  const { id } = await addCustomer(portal.services);
  await blockUser(portal.services, id);
  await sandbox.fault({ endpoint: UPDATE, kind: 'apply-then-fail' });
  await reconcile(portal.services);
  expect(await walletStatus()).toBe('Blocked');
  await sandbox.clearFaults();
  await unblockUser(portal.services, id);
  await reconcile(portal.services);
  expect(await walletStatus()).toBe('Active');
});

test('blocks the wallet of a customer that is created later', async () => {
  const { id } = await addUser(portal.services);
  await storeDetails(portal.services, id, DETAILS);
  await blockUser(portal.services, id);
  await reconcile(portal.services);
  await makeDue(id);
  await reconcile(portal.services);
  expect(await walletStatus()).toBe('Blocked');
});

test('blocks the wallet of details that are stored after the block', async () => {
  const { id } = await addUser(portal.services);
  await blockUser(portal.services, id);
  await save(portal.services, id, DETAILS);
  await reconcile(portal.services);
  expect(await walletStatus()).toBe('Blocked');
});

test('blocks the wallet although the account was deleted', async () => {
  const { id } = await addCustomer(portal.services);
  await blockUser(portal.services, id);
  await deleteUser(portal.services, id);
  await reconcile(portal.services);
  expect(await walletStatus()).toBe('Blocked');
});

test('changed details leave the block alone', async () => {
  const { id } = await addCustomer(portal.services);
  await blockUser(portal.services, id);
  await reconcile(portal.services);
  await save(portal.services, id, { ...DETAILS, residenceAddress: '2 Khreshchatyk, Kyiv' });
  await makeDue(id);
  await reconcile(portal.services);
  expect(await sandbox.customers()).toMatchObject([
    { walletStatus: 'Blocked', residenceAddress: '2 Khreshchatyk, Kyiv' },
  ]);
  expect((await sandbox.calls(UPDATE)).filter(({ body }) => 'walletStatus' in body && 'email' in body)).toEqual([]);
});

test.each([
  ['unblocked', unblockUser, 'Active', 'lifting'],
  [
    'unblocked and blocked',
    async (services: Services, id: string) => {
      await unblockUser(services, id);
      return blockUser(services, id);
    },
    'Blocked',
    'set',
  ],
] as const)('obeys an operator who %s during the call', async (_name, decide, status, stored) => {
  const { id } = await addCustomer(portal.services);
  await blockUser(portal.services, id);
  await syncCustomer(
    during(() => decide(portal.services, id)),
    id,
    'changes',
    0,
  );
  expect(await customerRow(portal.services, id)).toMatchObject({ walletBlock: stored });
  await reconcile(portal.services);
  expect(await walletStatus()).toBe(status);
});

test.each([403, 409, 422, 'ignored'] as const)(
  "Kuna's own block stays and is shown until Kuna lifts it (kunasBlock %s)",
  async (kunasBlock) => {
    await sandbox.switches({ kunasBlock });
    const { id, customerId } = await addCustomer(portal.services);
    await blockUser(portal.services, id);
    await reconcile(portal.services);
    await sandbox.setStatus(customerId, { walletStatus: 'Blocked' });
    await unblockUser(portal.services, id);
    await reconcile(portal.services);
    expect(await walletStatus()).toBe('Blocked');
    expect(await readCustomerState(portal.services, id)).toMatchObject({ state: 'blocked', walletStatus: 'Blocked' });
    expect(await customerRow(portal.services, id)).toMatchObject({ walletBlock: 'lifting' });
    await sandbox.setStatus(customerId, { walletStatus: 'Active' });
    await makeDue(id);
    await reconcile(portal.services);
    expect(await readCustomerState(portal.services, id)).toMatchObject({ state: 'ready' });
  },
);

test('sends its own block once Kuna has lifted the other', async () => {
  const { id, customerId } = await addCustomer(portal.services);
  await sandbox.setStatus(customerId, { walletStatus: 'Suspicious' });
  await blockUser(portal.services, id);
  await reconcile(portal.services);
  expect([await walletStatus(), await sent()]).toEqual(['Suspicious', []]);
  await sandbox.setStatus(customerId, { walletStatus: 'Active' });
  await makeDue(id);
  await reconcile(portal.services);
  expect(await walletStatus()).toBe('Blocked');
});

test('sends a block again that is gone at KunaCore', async () => {
  const { id, customerId } = await addCustomer(portal.services);
  await blockUser(portal.services, id);
  await reconcile(portal.services);
  await sandbox.setStatus(customerId, { walletStatus: 'Active' });
  await makeDue(id);
  await reconcile(portal.services);
  await makeDue(id);
  await reconcile(portal.services);
  expect(await walletStatus()).toBe('Blocked');
});

test('tries a refused block again later, and sends details meanwhile', async () => {
  await sandbox.switches({ walletStatusKey: 'status' });
  const { id } = await addCustomer(portal.services);
  await blockUser(portal.services, id);
  await save(portal.services, id, { ...DETAILS, residenceAddress: '2 Khreshchatyk, Kyiv' });
  await reconcile(portal.services);
  expect(await sandbox.customers()).toMatchObject([
    { walletStatus: 'Active', residenceAddress: '2 Khreshchatyk, Kyiv' },
  ]);
  await sandbox.switches({ walletStatusKey: 'walletStatus' });
  await makeDue(id);
  await reconcile(portal.services);
  expect(await walletStatus()).toBe('Blocked');
});

/** Services whose next update is carried out, then waits for `meanwhile`. */
function during(meanwhile: () => Promise<unknown>): Services {
  const { kunacore } = portal.services;
  const updateCustomer: typeof kunacore.updateCustomer = async (...update) => {
    await kunacore.updateCustomer(...update);
    await meanwhile();
  };
  return { ...portal.services, kunacore: { ...kunacore, updateCustomer } };
}

async function walletStatus(): Promise<string | undefined> {
  return (await sandbox.customers())[0]?.walletStatus;
}

async function sent(): Promise<unknown[]> {
  return (await sandbox.calls(UPDATE)).flatMap(({ body }) => body.walletStatus ?? []);
}

async function makeDue(userId: string): Promise<void> {
  await portal.services.db.update(customers).set({ nextAttemptAt: sql`now()` }).where(eq(customers.userId, userId));
}
