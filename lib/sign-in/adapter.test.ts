// ASVS 5.0: 6.3.1 6.5.1 6.6.3 7.2.2 7.3.2 10.1.1 10.5.2 11.5.1
import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { readAuditLog } from '@/lib/audit/read';
import { accounts, auditEvents, verificationTokens } from '@/lib/db/schema';
import { deleteUser } from '@/lib/privacy/delete-user';
import { reconcile } from '@/lib/server/reconciler';
import { findSession } from '@/lib/sessions/find';
import { identityColumns, listIdentities } from '@/lib/users/identities';
import { addCustomer, addUser, authorisationRow, sessionRows, signIn, usePortal } from '@/tests/portal';
import { portalAdapter } from './adapter';
import { sweepLinks } from './links';

/** A subject of the provider, with next-auth's field names. */
const SUBJECT = { type: 'oauth', provider: 'oidc', providerAccountId: 'sub-1' } as const;

const adapter = portalAdapter(async () => portal.services);

const { portal, sandbox } = usePortal();

test('stores no session token that could sign in [T14]', async () => {
  const user = await addUser(portal.services);
  const { cookie } = await signIn(portal.services, user.id);
  const rows = await sessionRows(portal.services, user.id);
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(cookie);
  expect(await findSession(portal.services, rows[0]?.tokenHash)).toBeNull();
  expect(await findSession(portal.services, cookie)).toMatchObject({ userId: user.id, email: user.email });
});

test('ignores the session expiry that next-auth requests [T16]', async () => {
  const user = await addUser(portal.services);
  const requested = new Date(Date.now() + 365 * 86_400_000);
  const session = await adapter.createSession?.({ sessionToken: 'cookie', userId: user.id, expires: requested });
  const hours = (Number(session?.expires) - Date.now()) / 3_600_000;
  expect(hours).toBeGreaterThan(11.9);
  expect(hours).toBeLessThan(12.1);
  expect(await adapter.updateSession?.({ sessionToken: 'cookie', expires: requested })).toBeNull();
  expect(await sessionRows(portal.services, user.id)).toMatchObject([{ expiresAt: session?.expires }]);
});

test('returns no session to next-auth, and lets it end none', async () => {
  const user = await addUser(portal.services);
  const { cookie } = await signIn(portal.services, user.id);
  expect(await adapter.getSessionAndUser?.(cookie)).toBeNull();
  await adapter.deleteSession?.(cookie);
  expect(await findSession(portal.services, cookie)).toMatchObject({ userId: user.id });
});

test('revokes access at KunaCore after sign-out', async () => {
  const user = await addCustomer(portal.services);
  const { cookie, signOut } = await signIn(portal.services, user.id);
  await signOut();
  expect(await findSession(portal.services, cookie)).toBeNull();
  await reconcile(portal.services);
  expect(await authorisationRow(portal.services, user.id)).toMatchObject({ epoch: 1, revokedEpoch: 1 });
  expect(await sandbox.calls('/v2/ramp/invalidate')).toHaveLength(1);
});

test('accepts the secret of a link once, and only for its own address [T19]', async () => {
  const link = { identifier: 'olena@example.test', token: 'hash-of-the-secret' };
  const expires = new Date(Date.now() + 900_000);
  await adapter.createVerificationToken?.({ ...link, expires });
  expect(await adapter.useVerificationToken?.({ ...link, identifier: 'ivan@example.test' })).toBeNull();
  expect(await adapter.useVerificationToken?.({ ...link, token: 'guessed' })).toBeNull();
  expect(await adapter.useVerificationToken?.(link)).toEqual({ ...link, expires });
  expect(await adapter.useVerificationToken?.(link)).toBeNull();
});

test('accepts a link once when several browsers open it at the same time', async () => {
  const link = { identifier: 'olena@example.test', token: 'hash-of-the-secret' };
  await adapter.createVerificationToken?.({ ...link, expires: new Date(Date.now() + 900_000) });
  const used = await Promise.all([1, 2, 3].map(() => adapter.useVerificationToken?.(link)));
  expect(used.filter(Boolean)).toHaveLength(1);
});

test('sweeps expired links only', async () => {
  const link = (token: string, expires: number) =>
    adapter.createVerificationToken?.({ identifier: 'olena@example.test', token, expires: new Date(expires) });
  await link('long-ago', Date.now() - 3_600_000);
  await link('still-good', Date.now() + 3_600_000);
  await sweepLinks(portal.services);
  const left = await portal.services.db.select().from(verificationTokens);
  expect(left.map(({ token }) => token)).toEqual(['still-good']);
});

test('finds a new user by id, by address and by linked account', async () => {
  const created = await adapter.createUser?.({ email: 'olena@example.test', emailVerified: null } as never);
  if (!created) throw new Error('no user');
  expect(created.emailVerified).toBeInstanceOf(Date);
  const account = { userId: created.id, ...SUBJECT, verifiedAddress: 'olena@example.test' };
  expect(await adapter.getUserByAccount?.(account)).toBeNull();
  await adapter.linkAccount?.(account);
  // next-auth may repeat a link.
  await adapter.linkAccount?.(account);
  const found = [
    await adapter.getUser?.(created.id),
    await adapter.getUserByEmail?.('olena@example.test'),
    await adapter.getUserByAccount?.(account),
  ];
  expect(found.map((user) => user?.id)).toEqual([created.id, created.id, created.id]);
  expect(await adapter.getUserByAccount?.({ ...account, provider: 'another' })).toBeNull();
});

describe('linking is rejected without storing or recording anything', () => {
  test.each<[string, () => Promise<object>]>([
    ['when the verified address is not the user’s', async () => ({ verifiedAddress: 'ivan@example.test' })],
    ['when the verified address is spelled differently', async () => ({ verifiedAddress: 'Olena@Example.test' })],
    ['when there is no verified address', async () => ({ verifiedAddress: undefined })],
    ['when the user was deleted', async () => ({ userId: await deletedUser(), verifiedAddress: '' })],
    ['when there is no such user', async () => ({ userId: crypto.randomUUID() })],
    ['when the user has another subject of this provider', async () => ({ providerAccountId: 'sub-2' })],
    ['when the subject belongs to another user', async () => anotherUser()],
  ])('%s', async (_, change) => {
    const olena = await adapter.createUser?.({ email: 'olena@example.test', emailVerified: null } as never);
    const account = { ...SUBJECT, userId: olena?.id ?? '', verifiedAddress: 'olena@example.test' };
    await adapter.linkAccount?.(account);
    const changed = { ...account, ...(await change()) };
    const stored = async () => ({
      accounts: await portal.services.db.select().from(accounts),
      events: await portal.services.db.$count(auditEvents),
    });
    const before = await stored();
    await expect(adapter.linkAccount?.({ ...changed })).rejects.toThrow();
    expect(await stored()).toEqual(before);
    expect(await adapter.getUserByAccount?.(SUBJECT)).toMatchObject({ id: olena?.id });
  });

  async function anotherUser() {
    const { id, email } = await addUser(portal.services);
    return { userId: id, verifiedAddress: email };
  }

  async function deletedUser() {
    const { id } = await addUser(portal.services);
    await deleteUser(portal.services, id);
    return id;
  }
});

test('the database rejects a second subject of a provider for a user', async () => {
  const { services } = portal;
  const user = await addUser(services);
  const link = (provider: string, providerAccountId: string) =>
    services.db.insert(accounts).values(identityColumns(services.keyring, user.id, { provider, providerAccountId }));
  await link('oidc', 'sub-1');
  await link('another', 'sub-1');
  await expect(link('oidc', 'sub-2')).rejects.toThrow();
});

test('links one of several subjects that are linked to one user at once [T14]', async () => {
  const { id, email } = await addUser(portal.services);
  const link = (providerAccountId: string) =>
    adapter.linkAccount?.({ ...SUBJECT, providerAccountId, userId: id, verifiedAddress: email });
  const done = await Promise.allSettled(['sub-1', 'sub-2', 'sub-3'].map(link));
  expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(await listIdentities(portal.services, id)).toHaveLength(1);
});

test('records a link in the audit log once', async () => {
  const { id, email } = await addUser(portal.services);
  const account = { ...SUBJECT, userId: id, verifiedAddress: email };
  await adapter.linkAccount?.(account);
  await adapter.linkAccount?.(account);
  const [line, ...others] = await readAuditLog(portal.services, { subject: id, limit: 10 });
  expect(line).toMatchObject({ event: 'user_updated', actor: `user:${id}`, facts: { identity: 'oidc' } });
  expect(others).toEqual([]);
});

test('stores no subject in readable or guessable form', async () => {
  const { id, email } = await addUser(portal.services);
  const subject = '3184710691';
  await adapter.linkAccount?.({ ...SUBJECT, providerAccountId: subject, userId: id, verifiedAddress: email });
  const stored = JSON.stringify(await portal.services.db.select().from(accounts));
  for (const form of [subject, ...guesses(subject)]) expect(stored).not.toContain(form);
  expect(await listIdentities(portal.services, id)).toMatchObject([{ provider: 'oidc', subject }]);
});

/** Returns encodings and hashes that need no key. */
function guesses(subject: string): string[] {
  const texts = [subject, `oidc${subject}`, `oidc.${subject}`, `oidc:${subject}`];
  return texts.flatMap((text) =>
    (['hex', 'base64', 'base64url'] as const).flatMap((encoding) => [
      Buffer.from(text).toString(encoding),
      createHash('sha256').update(text).digest(encoding),
    ]),
  );
}

test('does not store tokens of the identity provider', async () => {
  const { id, email } = await addUser(portal.services);
  const secrets = { access_token: 'secret-1', refresh_token: 'secret-2', id_token: 'secret-3' };
  await adapter.linkAccount?.({ ...SUBJECT, userId: id, verifiedAddress: email, ...secrets });
  const rows = await portal.services.db.select().from(accounts).where(eq(accounts.userId, id));
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain('secret-');
});
