import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { accounts, verificationTokens } from '../db/schema';
import { reconcile } from '../reconciler';
import {
  addCustomer,
  addUser,
  authorisationRow,
  type Portal,
  sessionRows,
  signIn,
  startPortal,
} from '../testing/portal';
import { type Sandbox, startSandbox } from '../testing/sandbox';
import { portalAdapter } from './adapter';
import { sweepLinks } from './links';

let sandbox: Sandbox;
let portal: Portal;
const adapter = portalAdapter(async () => portal.services);

beforeAll(async () => {
  sandbox = await startSandbox();
  portal = await startPortal(sandbox);
});
beforeEach(async () => {
  await Promise.all([portal.empty(), sandbox.reset()]);
});
afterAll(async () => {
  await Promise.all([portal?.close(), sandbox?.stop()]);
});

test('the table holds no cookie that would sign anybody in', async () => {
  const user = await addUser(portal.services);
  const { cookie } = await signIn(portal.services, user.id);
  const rows = await sessionRows(portal.services, user.id);
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(cookie);
  expect(await adapter.getSessionAndUser?.(rows[0]?.tokenHash ?? '')).toBeNull();
  expect(await adapter.getSessionAndUser?.(cookie)).toMatchObject({ user: { id: user.id, email: user.email } });
});

test('a session lasts as long as the portal says, whatever next-auth asks for', async () => {
  const user = await addUser(portal.services);
  const wanted = new Date(Date.now() + 365 * 86_400_000);
  const session = await adapter.createSession?.({ sessionToken: 'cookie', userId: user.id, expires: wanted });
  const hours = (Number(session?.expires) - Date.now()) / 3_600_000;
  expect(hours).toBeGreaterThan(11.9);
  expect(hours).toBeLessThan(12.1);
  expect(await adapter.updateSession?.({ sessionToken: 'cookie', expires: wanted })).toBeNull();
  expect(await sessionRows(portal.services, user.id)).toMatchObject([{ expiresAt: session?.expires }]);
});

test('deleting a session ends the authorisation at KunaCore too', async () => {
  const user = await addCustomer(portal.services);
  const { cookie } = await signIn(portal.services, user.id);
  await adapter.deleteSession?.(cookie);
  expect(await adapter.getSessionAndUser?.(cookie)).toBeNull();
  await reconcile(portal.services);
  expect(await authorisationRow(portal.services, user.id)).toMatchObject({ wanted: 1, done: 1 });
  expect(await sandbox.calls('/v2/ramp/invalidate')).toHaveLength(1);
});

test('the secret of a link works once, and for its own address only', async () => {
  const link = { identifier: 'olena@example.test', token: 'hash-of-the-secret' };
  const expires = new Date(Date.now() + 900_000);
  await adapter.createVerificationToken?.({ ...link, expires });
  expect(await adapter.useVerificationToken?.({ ...link, identifier: 'ivan@example.test' })).toBeNull();
  expect(await adapter.useVerificationToken?.({ ...link, token: 'guessed' })).toBeNull();
  expect(await adapter.useVerificationToken?.(link)).toEqual({ ...link, expires });
  expect(await adapter.useVerificationToken?.(link)).toBeNull();
});

test('of two browsers that open a link at once, one is let in', async () => {
  const link = { identifier: 'olena@example.test', token: 'hash-of-the-secret' };
  await adapter.createVerificationToken?.({ ...link, expires: new Date(Date.now() + 900_000) });
  const used = await Promise.all([1, 2, 3].map(() => adapter.useVerificationToken?.(link)));
  expect(used.filter(Boolean)).toHaveLength(1);
});

test('a link that nobody opened in time is forgotten, others are not', async () => {
  const link = (token: string, expires: number) =>
    adapter.createVerificationToken?.({ identifier: 'olena@example.test', token, expires: new Date(expires) });
  await link('long-ago', Date.now() - 3_600_000);
  await link('still-good', Date.now() + 3_600_000);
  await sweepLinks(portal.services);
  const left = await portal.services.db.select().from(verificationTokens);
  expect(left.map(({ token }) => token)).toEqual(['still-good']);
});

test('a new user is found by id, by address and by the linked account', async () => {
  const created = await adapter.createUser?.({ email: 'olena@example.test', emailVerified: null } as never);
  if (!created) throw new Error('no user');
  expect(created.emailVerified).toBeInstanceOf(Date);
  const account = { userId: created.id, type: 'oauth', provider: 'oidc', providerAccountId: 'sub-1' } as const;
  expect(await adapter.getUserByAccount?.(account)).toBeNull();
  await adapter.linkAccount?.(account);
  // next-auth may link once more what is linked already.
  await adapter.linkAccount?.(account);
  const found = [
    await adapter.getUser?.(created.id),
    await adapter.getUserByEmail?.('olena@example.test'),
    await adapter.getUserByAccount?.(account),
  ];
  expect(found.map((user) => user?.id)).toEqual([created.id, created.id, created.id]);
  expect(await adapter.getUserByAccount?.({ ...account, provider: 'another' })).toBeNull();
});

test('an account that belongs to somebody is not moved to somebody else', async () => {
  const [olena, ivan] = [await addUser(portal.services), await addUser(portal.services)];
  const account = { type: 'oauth', provider: 'oidc', providerAccountId: 'sub-1' } as const;
  await adapter.linkAccount?.({ ...account, userId: olena.id });
  await adapter.linkAccount?.({ ...account, userId: ivan.id });
  expect(await adapter.getUserByAccount?.(account)).toMatchObject({ id: olena.id });
});

test('tokens of the identity provider are not kept', async () => {
  const user = await addUser(portal.services);
  const secrets = { access_token: 'secret-1', refresh_token: 'secret-2', id_token: 'secret-3' };
  const account = { userId: user.id, type: 'oauth', provider: 'oidc', providerAccountId: 'sub-1' } as const;
  await adapter.linkAccount?.({ ...account, ...secrets });
  const rows = await portal.services.db.select().from(accounts).where(eq(accounts.userId, user.id));
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain('secret-');
});
