// ASVS 5.0: 2.3.3 7.4.1 16.5.3
import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { issueToken } from '@/lib/authorisations/issue';
import { sessions } from '@/lib/db/schema';
import { reconcile, retryNow } from '@/lib/server/reconciler';
import {
  addCustomer,
  addUser,
  authorisationRow,
  NO_LISTENER,
  sessionRows,
  signIn,
  USER_AGENT,
  usePortal,
} from '@/tests/portal';
import { endSessions } from './end';
import { hashSessionToken } from './token-hash';

const INVALIDATE = '/v2/ramp/invalidate';

const { portal, sandbox } = usePortal();

describe('signing out', () => {
  test('ends the session, calls invalidate once, and revokes the token', async () => {
    const { user, cookie } = await customerWithToken();
    const wakes = portal.wakes;
    expect(await endSessions(portal.services, { tokenHash: hashSessionToken(cookie) }, 'signed-out')).toBe(1);
    expect(await sessionRows(portal.services, user.id)).toEqual([]);
    expect(await authorisationRow(portal.services, user.id)).toMatchObject({
      epoch: 1,
      revokedEpoch: 0,
      lastReason: 'signed-out',
    });
    expect(portal.wakes).toBe(wakes + 1);
    expect(await sandbox.calls(INVALIDATE)).toEqual([]);
    await reconcile(portal.services);
    await reconcile(portal.services);
    expect((await sandbox.calls(INVALIDATE)).map(({ body }) => body)).toEqual([{ customerId: user.customerId }]);
    expect(await authorisationRow(portal.services, user.id)).toMatchObject({ epoch: 1, revokedEpoch: 1 });
    expect(await liveTokens()).toBe(0);
  });

  test('starts no further epoch when repeated', async () => {
    const { user, signOut } = await customerWithToken();
    await signOut();
    await signOut();
    expect(await authorisationRow(portal.services, user.id)).toMatchObject({ epoch: 1 });
  });

  test('works without a customer at KunaCore', async () => {
    const user = await addUser(portal.services);
    const { signOut } = await signIn(portal.services, user.id);
    await signOut();
    expect(await sessionRows(portal.services, user.id)).toEqual([]);
    expect(await reconcile(portal.services)).toEqual({ unavailable: false, answered: false, more: false });
    expect(await sandbox.calls()).toEqual([]);
  });

  test('keeps the session when the next epoch cannot be stored', async () => {
    const { user, signOut } = await customerWithToken();
    const { db } = portal.services;
    await db.execute(sql`create function refuse() returns trigger language plpgsql as 'begin raise ''refused''; end'`);
    await db.execute(sql`create trigger refuse before update on authorisations execute function refuse()`);
    try {
      await expect(signOut()).rejects.toThrow();
    } finally {
      await db.execute(sql`drop function refuse cascade`);
    }
    expect(await sessionRows(portal.services, user.id)).toHaveLength(1);
    expect(await authorisationRow(portal.services, user.id)).toMatchObject({ epoch: 0 });
    await signOut();
    expect(await sessionRows(portal.services, user.id)).toEqual([]);
  });

  test('everywhere ends every session of this person, and no others, with one call', async () => {
    const { user } = await customerWithToken();
    await signIn(portal.services, user.id);
    const other = await customerWithToken();
    expect(await endSessions(portal.services, { userId: user.id }, 'signed-out')).toBe(2);
    await reconcile(portal.services);
    expect((await sandbox.calls(INVALIDATE)).map(({ body }) => body)).toEqual([{ customerId: user.customerId }]);
    expect(await sessionRows(portal.services, other.user.id)).toHaveLength(1);
    expect(await liveTokens()).toBe(1);
  });

  test('on one device keeps the others, and ignores the device id of another person', async () => {
    const { user, session } = await customerWithToken();
    const other = await signIn(portal.services, user.id);
    const stranger = await customerWithToken();
    const device = { sessionId: other.session.id };
    expect(await endSessions(portal.services, { userId: stranger.user.id, ...device }, 'signed-out')).toBe(0);
    expect(await sessionRows(portal.services, user.id)).toHaveLength(2);
    expect(await endSessions(portal.services, { userId: user.id, ...device }, 'signed-out')).toBe(1);
    expect(await sessionRows(portal.services, user.id)).toMatchObject([{ id: session.id }]);
  });

  test('on all other devices keeps this one, and other people’s', async () => {
    const { user, session } = await customerWithToken();
    await signIn(portal.services, user.id);
    await signIn(portal.services, user.id);
    const stranger = await customerWithToken();
    expect(await endSessions(portal.services, { userId: user.id, exceptId: session.id }, 'signed-out')).toBe(2);
    expect(await sessionRows(portal.services, user.id)).toMatchObject([{ id: session.id }]);
    expect(await sessionRows(portal.services, stranger.user.id)).toHaveLength(1);
    // The widget may have been open on one of them.
    await reconcile(portal.services);
    expect(await authorisationRow(portal.services, user.id)).toMatchObject({ epoch: 1, revokedEpoch: 1 });
  });
});

describe('signing out works, and the token is revoked later, when KunaCore', () => {
  test('responds with 503', async () => {
    const { signOut } = await customerWithToken();
    await sandbox.fault({ endpoint: '*', kind: 'status', status: 503 });
    await signOut();
    expect(await reconcile(portal.services)).toEqual({ unavailable: true, answered: false, more: false });
    expect(await liveTokens()).toBe(1);
    await sandbox.clearFaults();
    await expectRecovery();
  });

  test('refuses connections', async () => {
    const { user, signOut } = await customerWithToken();
    await signOut();
    expect(await reconcile(portal.at(NO_LISTENER))).toEqual({ unavailable: true, answered: false, more: false });
    expect(await authorisationRow(portal.services, user.id)).toMatchObject({ epoch: 1, revokedEpoch: 0, attempts: 1 });
    await expectRecovery();
  });

  test('hangs', async () => {
    const { signOut } = await customerWithToken();
    sandbox.freeze();
    await signOut();
    expect(await reconcile(portal.services)).toEqual({ unavailable: true, answered: false, more: false });
    sandbox.thaw();
    await expectRecovery();
  });

  test('carries out the call and the response is lost', async () => {
    const { user, signOut } = await customerWithToken();
    await sandbox.fault({ endpoint: INVALIDATE, kind: 'apply-then-fail', count: 1 });
    await signOut();
    await reconcile(portal.services);
    expect(await authorisationRow(portal.services, user.id)).toMatchObject({ epoch: 1, revokedEpoch: 0 });
    await expectRecovery();
    expect(await authorisationRow(portal.services, user.id)).toMatchObject({ epoch: 1, revokedEpoch: 1 });
  });

  async function expectRecovery(): Promise<void> {
    await retryNow(portal.services);
    expect(await reconcile(portal.services)).toMatchObject({ unavailable: false });
    expect(await liveTokens()).toBe(0);
  }
});

test('counts a 404 of invalidate as success', async () => {
  await sandbox.switches({ invalidateWithoutToken: '404' });
  const user = await addCustomer(portal.services);
  const { signOut } = await signIn(portal.services, user.id);
  await signOut();
  await reconcile(portal.services);
  expect(await sandbox.calls(INVALIDATE)).toMatchObject([{ status: 404 }]);
  expect(await authorisationRow(portal.services, user.id)).toMatchObject({ epoch: 1, revokedEpoch: 1 });
});

test('revokes the access of other customers when KunaCore rejects one', async () => {
  const refused = await customerWithToken();
  const other = await customerWithToken();
  await refused.signOut();
  await other.signOut();
  await sandbox.fault({ endpoint: INVALIDATE, kind: 'status', status: 400, count: 1 });
  expect(await reconcile(portal.services)).toMatchObject({ unavailable: false });
  expect(await sandbox.calls(INVALIDATE)).toHaveLength(2);
  const rows = await Promise.all([refused, other].map(({ user }) => authorisationRow(portal.services, user.id)));
  expect(rows.map(({ revokedEpoch }) => revokedEpoch).sort()).toEqual([0, 1]);
});

test.each([
  ['long idle', { lastSeenAt: sql`now() - interval '31 minutes'` }],
  ['past its last hour', { expiresAt: sql`now() - interval '1 second'` }],
])('sweeps a session that is %s, and revokes its access', async (_, change) => {
  const { user, session } = await customerWithToken();
  const living = await customerWithToken();
  await portal.services.db.update(sessions).set(change).where(eq(sessions.id, session.id));
  await reconcile(portal.services);
  expect(await sessionRows(portal.services, user.id)).toEqual([]);
  expect(await authorisationRow(portal.services, user.id)).toMatchObject({
    lastReason: 'expired',
    epoch: 1,
    revokedEpoch: 1,
  });
  expect((await sandbox.calls(INVALIDATE)).map(({ body }) => body)).toEqual([{ customerId: user.customerId }]);
  expect(await sessionRows(portal.services, living.user.id)).toHaveLength(1);
  expect(await liveTokens()).toBe(1);
});

async function customerWithToken() {
  const user = await addCustomer(portal.services);
  const browser = await signIn(portal.services, user.id);
  expect(await issueToken(portal.services, browser.session, USER_AGENT)).toMatchObject({ outcome: 'issued' });
  return { user, ...browser };
}

async function liveTokens(): Promise<number> {
  return (await sandbox.customers()).reduce((sum, customer) => sum + customer.liveTokens, 0);
}
