// A sign-in from a new browser is reported, the first of all and known ones are not.
// ASVS 5.0: 6.3.5
import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { knownDevices, notifications } from '@/lib/db/schema';
import { deleteUser } from '@/lib/privacy/delete-user';
import type { Services } from '@/lib/services';
import { addUser, usePortal } from '@/tests/portal';
import { portalAdapter } from './adapter';
import { sweepDevices } from './known-device';

const { portal } = usePortal();

async function signInWith(userId: string, mark: string | null, services: Services = portal.services) {
  const adapter = portalAdapter(
    async () => services,
    async () => ({ userAgent: null, network: null, mark }),
  );
  await adapter.createSession?.({ sessionToken: crypto.randomUUID(), userId, expires: new Date() });
}

const messagesTo = (userId: string) =>
  portal.services.db.select().from(notifications).where(eq(notifications.userId, userId));

test('reports each new browser but the first, and no known one', async () => {
  const { id } = await addUser(portal.services);
  const reported: number[] = [];
  for (const mark of ['laptop', 'laptop', 'phone', 'laptop', 'phone', 'stranger']) {
    await signInWith(id, mark);
    reported.push((await messagesTo(id)).length);
  }
  expect(reported).toEqual([0, 0, 1, 1, 1, 2]);
  expect((await messagesTo(id)).map(({ kind }) => kind)).toEqual(['new-device', 'new-device']);
});

test('a browser known to one person is new to another', async () => {
  const [one, other] = [await addUser(portal.services), await addUser(portal.services)];
  await signInWith(one.id, 'shared');
  await signInWith(other.id, 'own');
  await signInWith(other.id, 'shared');
  expect([await messagesTo(one.id), (await messagesTo(other.id)).length]).toEqual([[], 1]);
});

test('stores no mark that a copy of the database could present', async () => {
  const { id } = await addUser(portal.services);
  await signInWith(id, 'a-mark');
  expect(JSON.stringify(await portal.services.db.select().from(knownDevices))).not.toContain('a-mark');
});

test('knows no browser without a mail server', async () => {
  const { id } = await addUser(portal.services);
  await signInWith(id, null, { ...portal.services, sendsMail: false });
  expect(await portal.services.db.$count(knownDevices, eq(knownDevices.userId, id))).toBe(0);
});

test('forgets a browser with the account, and one that was not used for 400 days', async () => {
  const { id } = await addUser(portal.services);
  for (const mark of ['old', 'new']) await signInWith(id, mark);
  await portal.services.db
    .update(knownDevices)
    .set({ lastSeenAt: sql`now() - interval '401 days'` })
    .where(sql`${knownDevices.markHash} = (select min(mark_hash) from known_devices where user_id = ${id})`);
  expect(await sweepDevices(portal.services)).toBe(false);
  expect(await portal.services.db.$count(knownDevices, eq(knownDevices.userId, id))).toBe(1);
  await deleteUser(portal.services, id);
  expect(await portal.services.db.$count(knownDevices, eq(knownDevices.userId, id))).toBe(0);
});
