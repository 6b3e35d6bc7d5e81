// Blocking and deleting end all sessions, revoke the token and prevent sign-in.
// ASVS 5.0: 7.4.2
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { issueToken } from '@/lib/authorisations/issue';
import { storeDetails } from '@/lib/customers/details';
import { savePrefill } from '@/lib/customers/prefill';
import { accounts, details, users } from '@/lib/db/schema';
import { blockUser, unblockUser } from '@/lib/operator/block';
import { reconcile } from '@/lib/server/reconciler';
import { findSession } from '@/lib/sessions/find';
import { findUser } from '@/lib/users/find';
import { identityColumns } from '@/lib/users/identities';
import { addCustomer, DETAILS, sessionRows, signIn, USER_AGENT, usePortal } from '@/tests/portal';
import { deleteUser } from './delete-user';

const { portal, sandbox } = usePortal();

test.each([
  ['blocking', blockUser],
  ['deleting', deleteUser],
])('%s a user ends their sessions and revokes their token [T15]', async (_name, end) => {
  const { user } = await customerWithToken();
  expect(await liveTokens()).toBe(1);
  expect(await end(portal.services, user.id)).toBe(true);
  expect(portal.wakes).toBeGreaterThan(0);
  expect(await sessionRows(portal.services, user.id)).toEqual([]);
  await reconcile(portal.services);
  expect(await liveTokens()).toBe(0);
  await expect(signIn(portal.services, user.id)).rejects.toThrow('may not sign in');
  expect(await end(portal.services, crypto.randomUUID())).toBe(false);
});

test('a blocked user is found by address, and can sign in again once unblocked', async () => {
  const { user } = await customerWithToken();
  await blockUser(portal.services, user.id);
  expect(await findUser(portal.services, user.email)).toEqual({ id: user.id, blocked: true, language: null });
  expect(await unblockUser(portal.services, user.id)).toBe(true);
  expect(await findUser(portal.services, user.email)).toEqual({ id: user.id, blocked: false, language: null });
  expect((await signIn(portal.services, user.id)).session.userId).toBe(user.id);
});

test('rejects a session that was created during the blocking', async () => {
  const { user, cookie } = await customerWithToken();
  await portal.services.db.update(users).set({ blockedAt: new Date() }).where(eq(users.id, user.id));
  expect(await findSession(portal.services, cookie)).toBeNull();
});

test('deletes all identifying data of a user [T37]', async () => {
  const { user } = await customerWithToken();
  const { db } = portal.services;
  const subject = { provider: 'oidc', providerAccountId: 'sub-1' };
  await db.insert(accounts).values(identityColumns(portal.services.keyring, user.id, subject));
  await deleteUser(portal.services, user.id);
  expect(await db.select().from(details).where(eq(details.userId, user.id))).toEqual([]);
  expect(await db.select().from(accounts).where(eq(accounts.userId, user.id))).toEqual([]);
  const [row] = await db.select().from(users).where(eq(users.id, user.id));
  expect(row).toMatchObject({ email: '', emailIndex: null, claimsSealed: null, emailVerifiedAt: null });
  expect(await findUser(portal.services, user.email)).toBeNull();
});

test('does not store details and claims that arrive after the deletion', async () => {
  const { user } = await customerWithToken();
  const { db } = portal.services;
  await deleteUser(portal.services, user.id);
  await expect(storeDetails(portal.services, user.id, DETAILS)).rejects.toThrow('The user is gone');
  await savePrefill(portal.services, user.id, { firstName: 'Olena' });
  expect(await db.select().from(details).where(eq(details.userId, user.id))).toEqual([]);
  const [row] = await db.select().from(users).where(eq(users.id, user.id));
  expect(row?.claimsSealed).toBeNull();
});

test('keeps no details when saves and a deletion run at once', async () => {
  const { user } = await customerWithToken();
  const changed = { ...DETAILS, residenceAddress: 'On its way' };
  await Promise.allSettled([
    storeDetails(portal.services, user.id, changed),
    deleteUser(portal.services, user.id),
    storeDetails(portal.services, user.id, changed),
  ]);
  expect(await portal.services.db.select().from(details).where(eq(details.userId, user.id))).toEqual([]);
});

async function customerWithToken() {
  const user = await addCustomer(portal.services);
  const signedIn = await signIn(portal.services, user.id);
  await issueToken(portal.services, signedIn.session, USER_AGENT);
  return { user, ...signedIn };
}

async function liveTokens(): Promise<number> {
  return (await sandbox.customers()).reduce((sum, { liveTokens }) => sum + liveTokens, 0);
}
