import { eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import { pendingRevocations } from '@/lib/authorisations/revoke';
import { sessions } from '@/lib/db/schema';
import { addCustomer, addUser, signIn, usePortal } from '@/tests/portal';
import { listDevices } from './devices';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';

const { portal } = usePortal();

async function give(sessionId: string, browser: PgUpdateSetSource<typeof sessions>): Promise<void> {
  await portal.services.db.update(sessions).set(browser).where(eq(sessions.id, sessionId));
}

test('lists devices by name, the current one first, and compares their networks', async () => {
  const user = await addUser(portal.services);
  const [here, near, far] = [
    await signIn(portal.services, user.id),
    await signIn(portal.services, user.id),
    await signIn(portal.services, user.id),
  ];
  await give(here.session.id, { userAgent: FIREFOX, network: 'home' });
  await give(near.session.id, {
    userAgent: 'curl/8',
    network: 'home',
    lastSeenAt: sql`now() - interval '5 min'`,
  });
  await give(far.session.id, { network: 'office', lastSeenAt: sql`now() - interval '9 min'` });
  expect(await listDevices(portal.services, user.id, here.session.id)).toMatchObject([
    { browser: 'Firefox', system: 'Windows', kind: 'desktop', current: true },
    { sessionId: near.session.id, current: false, sameNetwork: true },
    { sessionId: far.session.id, browser: null, system: null, kind: 'unknown', sameNetwork: false },
  ]);
});

test('leaves out expired and idle sessions, and those of other users', async () => {
  const user = await addUser(portal.services);
  const here = await signIn(portal.services, user.id);
  const idle = await signIn(portal.services, user.id);
  const over = await signIn(portal.services, user.id);
  await signIn(portal.services, (await addUser(portal.services)).id);
  await give(idle.session.id, { lastSeenAt: sql`now() - interval '31 min'` });
  await give(over.session.id, { expiresAt: sql`now() - interval '1 second'` });
  expect(await listDevices(portal.services, user.id, here.session.id)).toMatchObject([
    { current: true, sameNetwork: null },
  ]);
});

test('reports the number of pending revocations and the age of the oldest', async () => {
  expect(await pendingRevocations(portal.services)).toEqual({ count: 0, oldestSeconds: null });
  const user = await addCustomer(portal.services);
  const { signOut } = await signIn(portal.services, user.id);
  await signOut();
  const pending = await pendingRevocations(portal.services);
  expect(pending.count).toBe(1);
  expect(pending.oldestSeconds).toBeGreaterThanOrEqual(0);
});
