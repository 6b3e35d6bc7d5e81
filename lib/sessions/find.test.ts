// ASVS 5.0: 1.2.4 7.2.1 7.2.2 7.3.1 7.3.2 16.5.3
import { eq, sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { sessions } from '@/lib/db/schema';
import { DatabaseUnavailable } from '@/lib/db/unavailable';
import { openTestDatabase } from '@/tests/database';
import { addUser, changeSession, sessionRows, signIn, useLonePortal } from '@/tests/portal';
import { cannotTell, findSession, touchSession } from './find';

const portal = useLonePortal();
beforeEach(() => portal.empty());

test('finds the session of a cookie and its owner', async () => {
  const user = await addUser(portal.services);
  const { cookie } = await signIn(portal.services, user.id);
  expect(await findSession(portal.services, cookie)).toMatchObject({ userId: user.id, email: user.email });
});

test.each([undefined, '', 'unknown', "' or true --"])('returns null for the cookie %j', async (cookie) => {
  await signIn(portal.services, (await addUser(portal.services)).id);
  expect(await findSession(portal.services, cookie)).toBeNull();
});

test.each([
  ['past its last hour', { expiresAt: sql`now() - interval '1 second'` }, false],
  ['in its last minute', { expiresAt: sql`now() + interval '1 minute'` }, true],
  ['idle for 31 minutes', { lastSeenAt: sql`now() - interval '31 minutes'` }, false],
  ['idle for 29 minutes', { lastSeenAt: sql`now() - interval '29 minutes'` }, true],
])('checks a session %s that is not yet swept [T16]', async (_, change, alive) => {
  const { cookie, session } = await signIn(portal.services, (await addUser(portal.services)).id);
  await changeSession(portal.services, session.id, change);
  expect((await findSession(portal.services, cookie)) !== null).toBe(alive);
});

test('tells the seconds until the end, without activity and at the latest, by the database’s clock', async () => {
  const { cookie, session } = await signIn(portal.services, (await addUser(portal.services)).id);
  const minutes = (count: number) => sql`now() + make_interval(mins => ${count})`;
  await changeSession(portal.services, session.id, { lastSeenAt: minutes(-10), expiresAt: minutes(15) });
  const { endsIn } = (await findSession(portal.services, cookie)) ?? {};
  // The statements run one after the other.
  expect(endsIn?.idle).toBeGreaterThan(20 * 60 - 30);
  expect(endsIn?.idle).toBeLessThanOrEqual(20 * 60);
  expect(endsIn?.absolute).toBeGreaterThan(15 * 60 - 30);
  expect(endsIn?.absolute).toBeLessThanOrEqual(15 * 60);
});

test.each([
  [30, 50, true],
  [30, 70, false],
  [1, 10, true],
  [1, 20, false],
])('with %i idle minutes, activity of %i seconds ago is recent: %s', async (idleMinutes, seconds, recent) => {
  const { cookie, session } = await signIn(portal.services, (await addUser(portal.services)).id);
  await changeSession(portal.services, session.id, { lastSeenAt: sql`now() - make_interval(secs => ${seconds})` });
  const services = { ...portal.services, limits: { ...portal.services.limits, idleMinutes } };
  expect((await findSession(services, cookie))?.seenRecently).toBe(recent);
});

test('marks activity at most once a minute', async () => {
  const user = await addUser(portal.services);
  const { cookie, session } = await signIn(portal.services, user.id);
  const seen = async () => (await sessionRows(portal.services, user.id))[0]?.lastSeenAt.getTime();
  const first = await seen();
  for (const seenRecently of [true, false]) await touchSession(portal.services, { ...session, seenRecently });
  expect(await seen()).toBe(first);
  const lastSeenAt = sql`now() - interval '10 minutes'`;
  await portal.services.db.update(sessions).set({ lastSeenAt }).where(eq(sessions.id, session.id));
  const idle = await findSession(portal.services, cookie);
  expect(idle?.seenRecently).toBe(false);
  if (idle) await touchSession(portal.services, idle);
  expect(await seen()).toBeGreaterThanOrEqual(Number(first));
});

test('throws DatabaseUnavailable when the database fails, instead of returning null', async () => {
  const { cookie } = await signIn(portal.services, (await addUser(portal.services)).id);
  const broken = await openTestDatabase();
  await broken.close();
  const withBroken = { ...portal.services, db: broken.db };
  await expect(findSession(withBroken, cookie)).rejects.toThrow(DatabaseUnavailable);
  // lib/auth/session.ts passes this what `getServices` failed with.
  expect(() => cannotTell(new DatabaseUnavailable())).toThrow(DatabaseUnavailable);
  expect(() => cannotTell(new Error('anything'))).toThrow(DatabaseUnavailable);
});
