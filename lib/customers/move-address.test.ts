import { eq } from 'drizzle-orm';
import { expect, test, vi } from 'vitest';
import { readAuditLog } from '@/lib/audit/read';
import { users } from '@/lib/db/schema';
import { deleteUser } from '@/lib/privacy/delete-user';
import { reconcile } from '@/lib/server/reconciler';
import { findUser } from '@/lib/users/find';
import { addCustomer, addUser, customerRow, NO_LISTENER, usePortal } from '@/tests/portal';
import { moveAddress } from './move-address';

const UPDATE = '/v2/customer/update';
const NEW = 'olena.new@example.test';

const { portal, sandbox } = usePortal();

/** What the audit log says about the address of a user. It keeps earlier tests' events. */
const audited = async ({ id }: { id: string }) =>
  (await readAuditLog(portal.services, { limit: 200 })).flatMap(({ event, subject, facts }) =>
    event === 'user_updated' && subject === id && 'address' in facts ? [facts.address] : [],
  );

test('a new address is the user’s here and, by the next round, at KunaCore', async () => {
  const user = await addCustomer(portal.services);
  const { wakes } = portal;
  await moveAddress(portal.services, user.id, NEW);
  expect(portal.wakes).toBe(wakes + 1);
  expect(await findUser(portal.services, NEW)).toMatchObject({ id: user.id });
  expect(await findUser(portal.services, user.email)).toBeNull();
  expect(await audited(user)).toEqual(['moved']);
  await reconcile(portal.services);
  expect(await sandbox.customers()).toMatchObject([{ id: user.customerId, email: NEW }]);
});

test('the address reaches KunaCore after an outage, once', async () => {
  const user = await addCustomer(portal.services);
  await moveAddress(portal.services, user.id, NEW);
  await reconcile(portal.at(NO_LISTENER));
  expect(await sandbox.calls(UPDATE)).toEqual([]);
  await vi.waitFor(
    async () => {
      await reconcile(portal.services);
      expect(await sandbox.customers()).toMatchObject([{ email: NEW }]);
    },
    { timeout: 20_000 },
  );
  await reconcile(portal.services);
  expect(await sandbox.calls(UPDATE)).toHaveLength(1);
});

test('the same address changes nothing', async () => {
  const user = await addCustomer(portal.services);
  await moveAddress(portal.services, user.id, user.email);
  await reconcile(portal.services);
  expect(await audited(user)).toEqual([]);
  expect(await sandbox.calls(UPDATE)).toEqual([]);
});

test('the address of another user stays theirs, and the institution can read of it', async () => {
  const user = await addCustomer(portal.services);
  const other = await addUser(portal.services);
  const alarm = vi.spyOn(portal.services.log, 'error');
  await moveAddress(portal.services, user.id, other.email);
  expect(alarm).toHaveBeenCalledWith({ event: 'address_conflict', userId: user.id });
  alarm.mockRestore();
  expect(await findUser(portal.services, other.email)).toMatchObject({ id: other.id });
  expect(await findUser(portal.services, user.email)).toMatchObject({ id: user.id });
  expect(await audited(user)).toEqual(['conflict']);
  await reconcile(portal.services);
  expect(await sandbox.calls(UPDATE)).toEqual([]);
});

test('an address that another customer of KunaCore has is refused there, and the support console shows it', async () => {
  const user = await addCustomer(portal.services);
  await sandbox.addCustomer({ email: NEW });
  await moveAddress(portal.services, user.id, NEW);
  await reconcile(portal.services);
  const { state, rejectionCode } = await customerRow(portal.services, user.id);
  expect([state, typeof rejectionCode]).toEqual(['linked', 'string']);
  await reconcile(portal.services);
  expect(await sandbox.calls(UPDATE)).toHaveLength(1);
});

test('a user without details gets the address alone; a deleted one gets none', async () => {
  const [user, deleted] = [await addUser(portal.services), await addUser(portal.services)];
  await moveAddress(portal.services, user.id, NEW);
  await deleteUser(portal.services, deleted.id);
  await moveAddress(portal.services, deleted.id, 'late@example.test');
  expect(await findUser(portal.services, NEW)).toMatchObject({ id: user.id });
  expect(await findUser(portal.services, 'late@example.test')).toBeNull();
  expect(await portal.services.db.$count(users, eq(users.id, deleted.id))).toBeLessThanOrEqual(1);
});
