// ASVS 5.0: 14.2.4
import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { createKeyring } from '@/lib/crypto/keyring';
import { customers, detailsHistory } from '@/lib/db/schema';
import { reconcile, retryNow } from '@/lib/server/reconciler';
import { addCustomer, addUser, customerRow, DETAILS, detailsRow, NO_LISTENER, save, usePortal } from '@/tests/portal';
import { readDetails } from './details';
import { readCustomerState } from './row';

const UPDATE = '/v2/customer/update';
const MOVED = { ...DETAILS, residenceAddress: '2 Khreshchatyk, Kyiv' };

const { portal, sandbox } = usePortal();

test('changed details are sent once', async () => {
  const user = await addCustomer(portal.services);
  await save(portal.services, user.id, MOVED);
  await reconcile(portal.services);
  const updates = await sandbox.calls(UPDATE);
  expect(updates).toHaveLength(1);
  expect(updates[0]?.body).toMatchObject({ id: user.customerId, residenceAddress: '2 Khreshchatyk, Kyiv' });
  expect(await sandbox.customers()).toMatchObject([{ residenceAddress: '2 Khreshchatyk, Kyiv' }]);
});

test('sends nothing when the same details are saved again', async () => {
  const user = await addCustomer(portal.services);
  const before = (await sandbox.calls()).length;
  await save(portal.services, user.id, DETAILS);
  await reconcile(portal.services);
  expect(await sandbox.calls()).toHaveLength(before);
  expect(await detailsRow(portal.services, user.id)).toMatchObject({ version: 1 });
});

test('sends a change later when KunaCore is unavailable, the newest one only', async () => {
  const user = await addCustomer(portal.services);
  await save(portal.at(NO_LISTENER), user.id, { ...DETAILS, residenceAddress: 'in between' });
  await save(portal.at(NO_LISTENER), user.id, MOVED);
  expect(await readCustomerState(portal.services, user.id)).toMatchObject({ state: 'ready' });
  await makeDue(user.id);
  await reconcile(portal.services);
  const sent = (await sandbox.calls(UPDATE)).map(({ body }) => body.residenceAddress);
  expect(sent).toEqual(['2 Khreshchatyk, Kyiv']);
});

test('sends a change that KunaCore rejects only once', async () => {
  const user = await addCustomer(portal.services);
  await sandbox.fault({ endpoint: UPDATE, kind: 'status', status: 422 });
  await save(portal.services, user.id, MOVED);
  await makeDue(user.id);
  await reconcile(portal.services);
  expect(await sandbox.calls(UPDATE)).toHaveLength(1);
  expect(await customerRow(portal.services, user.id)).toMatchObject({ state: 'linked', rejectionCode: 'FAULT' });
});

test('a customer whose verification is pending becomes ready when KunaCore says so', async () => {
  await sandbox.switches({ verification: 'pending' });
  const user = await addUser(portal.services);
  await save(portal.services, user.id, DETAILS);
  expect(await readCustomerState(portal.services, user.id)).toEqual({ state: 'verifying', status: 'PENDING' });
  await reconcile(portal.services);
  expect(await readCustomerState(portal.services, user.id)).toEqual({ state: 'verifying', status: 'PENDING' });
  const { customerId } = await customerRow(portal.services, user.id);
  await sandbox.setStatus(String(customerId), { verificationStatus: 'ACCEPTED' });
  await makeDue(user.id);
  await reconcile(portal.services);
  expect(await readCustomerState(portal.services, user.id)).toMatchObject({ state: 'ready', customerId });
  // Nothing is awaited any more, so nothing is asked.
  await makeDue(user.id);
  const before = (await sandbox.calls()).length;
  await reconcile(portal.services);
  expect(await sandbox.calls()).toHaveLength(before);
});

test('asks less often the longer a verification takes', async () => {
  await sandbox.switches({ verification: 'pending' });
  const user = await addUser(portal.services);
  await save(portal.services, user.id, DETAILS);
  await reconcile(portal.services);
  const row = await customerRow(portal.services, user.id);
  expect(row.nextAttemptAt.getTime()).toBeGreaterThanOrEqual((row.checkedAt?.getTime() ?? 0) + 5_000);
  expect(row.attempts).toBe(1);
});

test('stores no typed text in plain text', async () => {
  const user = await addUser(portal.services);
  await save(portal.services, user.id, DETAILS);
  const stored = JSON.stringify(await detailsRow(portal.services, user.id));
  for (const value of Object.values(DETAILS).filter((text) => text.length > 2)) expect(stored).not.toContain(value);
  const { country } = await detailsRow(portal.services, user.id);
  expect(country).toMatch(/^v1\.sample\./);
  expect(await readDetails(portal.services, user.id)).toMatchObject({ details: DETAILS, version: 1 });
});

test('details that cannot be decrypted delay no other customer', async () => {
  const lost = await addUser(portal.services);
  const other = await addUser(portal.services);
  for (const user of [lost, other]) await save(portal.at(NO_LISTENER), user.id, DETAILS);
  const stranger = createKeyring([{ kid: 'gone', key: Buffer.alloc(32, 9) }]);
  await portal.services.db.transaction(async (tx) => {
    // Past the trigger of the history.
    await tx.execute(sql`set local session_replication_role = replica`);
    const sealed = stranger.seal('{}', 'elsewhere');
    await tx.update(detailsHistory).set({ sealed }).where(eq(detailsHistory.userId, lost.id));
  });
  await retryNow(portal.services);
  await portal.services.db.execute(
    sql`update customers set next_attempt_at = now() - interval '1 hour' where user_id = ${lost.id}`,
  );
  await reconcile(portal.services);
  expect(await readCustomerState(portal.services, other.id)).toMatchObject({ state: 'ready' });
  expect(await readCustomerState(portal.services, lost.id)).toEqual({ state: 'creating' });
});

/** As if the pause before the next attempt had passed. */
async function makeDue(userId: string): Promise<void> {
  await portal.services.db.update(customers).set({ nextAttemptAt: sql`now()` }).where(eq(customers.userId, userId));
}
