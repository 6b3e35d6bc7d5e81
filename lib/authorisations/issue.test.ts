// ASVS 5.0: 2.3.1 2.3.4 9.2.3
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eq, type SQL, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { customers } from '@/lib/db/schema';
import { Secret } from '@/lib/kunacore/secret';
import { reconcile } from '@/lib/server/reconciler';
import {
  addCustomer,
  addUser,
  authorisationRow,
  NO_LISTENER,
  type Portal,
  signIn,
  USER_AGENT,
  usePortal,
} from '@/tests/portal';
import type { SandboxCall } from '@/tests/sandbox';
import { revokeAccess } from './epoch';
import { type Issued, issueToken } from './issue';

const TOKEN = '/v2/ramp/token';
const INVALIDATE = '/v2/ramp/invalidate';

const { portal, sandbox } = usePortal();

test('a token is issued for our customer and this browser', async () => {
  const { user, session } = await customerSignedIn();
  const issued = tokenOf(await issueToken(portal.services, session, USER_AGENT));
  expect(claimsOf(issued.token)).toMatchObject({ id: user.customerId });
  expect(issued.expiresAt).toEqual(new Date(Number(claimsOf(issued.token).exp) * 1000));
  const [call] = await sandbox.calls(TOKEN);
  expect(call?.body).toEqual({ customerId: user.customerId, userAgent: USER_AGENT });
  expect(await opensWidget(issued.token, USER_AGENT)).toBe(true);
  expect(await opensWidget(issued.token, 'another browser')).toBe(false);
});

test('issues no token without a customer, and does not call KunaCore', async () => {
  const user = await addUser(portal.services);
  const { session } = await signIn(portal.services, user.id);
  const issued = await issueToken(portal.services, session, USER_AGENT);
  expect(issued).toEqual({ outcome: 'not-ready', customer: { state: 'details-missing' } });
  expect(await sandbox.calls()).toEqual([]);
});

test('discards a token that KunaCore issued for another customer [T9]', async () => {
  await customerSignedIn();
  const { session } = await customerSignedIn();
  await sandbox.fault({ endpoint: TOKEN, kind: 'other-customer', count: 1 });
  expect(await issueToken(portal.services, session, USER_AGENT)).toEqual({
    outcome: 'unavailable',
    retryInSeconds: 5,
  });
  tokenOf(await issueToken(portal.services, session, USER_AGENT));
});

test('discards a token that names another customer once tokens have named their own [T9]', async () => {
  const { user, session } = await customerSignedIn();
  tokenOf(await issueToken(portal.services, session, USER_AGENT));
  // Of another institution: this database knows no such customer.
  for (const stranger of [randomUUID(), `${user.customerId} `, user.customerId.toUpperCase(), 'x'])
    expect(await issueToken(responding({ id: stranger }), session, USER_AGENT), stranger).toEqual({
      outcome: 'unavailable',
      retryInSeconds: 5,
    });
  tokenOf(await issueToken(portal.services, session, USER_AGENT));
});

test('learns each claim separately: one that never named the customer rejects nothing', async () => {
  const { user, session } = await customerSignedIn();
  const { customerId } = user;
  for (const jti of ['session-1', 'session-2'])
    tokenOf(await issueToken(responding({ id: customerId, 'data.session.id': jti }), session, USER_AGENT));
  tokenOf(await issueToken(responding({ 'data.sub': customerId }), session, USER_AGENT));
  expect(await issueToken(responding({ 'data.sub': randomUUID() }), session, USER_AGENT)).toMatchObject({
    outcome: 'unavailable',
  });
});

test.each(['id', 'sub', 'data.id', 'a.b.sub'])(
  'discards a token whose %s names the customer of another user, whatever earlier tokens named [T9]',
  async (claim) => {
    const other = await customerSignedIn();
    const { session } = await customerSignedIn();
    expect(await issueToken(responding({ [claim]: other.user.customerId }), session, USER_AGENT)).toMatchObject({
      outcome: 'unavailable',
    });
  },
);

test('carries out a pending revocation before it issues the next token, so that the token stays valid [T10]', async () => {
  const { user, session } = await customerSignedIn();
  const first = tokenOf(await issueToken(portal.services, session, USER_AGENT));
  await revokeAccess(portal.services, user.id, 'ended-by-user');
  const second = tokenOf(await issueToken(portal.services, session, USER_AGENT));
  await reconcile(portal.services);
  expect(await rampCalls()).toEqual([TOKEN, INVALIDATE, TOKEN]);
  expect(await opensWidget(first.token, USER_AGENT)).toBe(false);
  expect(await opensWidget(second.token, USER_AGENT)).toBe(true);
});

test('issues no token while a pending revocation cannot be carried out', async () => {
  const { user, session } = await customerSignedIn();
  await revokeAccess(portal.services, user.id, 'ended-by-user');
  await sandbox.fault({ endpoint: INVALIDATE, kind: 'status', status: 503 });
  expect(await issueToken(portal.services, session, USER_AGENT)).toEqual({ outcome: 'unavailable', retryInSeconds: 5 });
  expect(await sandbox.calls(TOKEN)).toEqual([]);
});

test('hands no token to a session that ends during the call, and revokes it', async () => {
  const { user, session, signOut } = await customerSignedIn();
  await sandbox.fault({ endpoint: TOKEN, kind: 'delay', ms: 1500 });
  const issuing = issueToken(portal.services, session, USER_AGENT);
  await called(TOKEN);
  await signOut();
  expect(await issuing).toEqual({ outcome: 'signed-out' });
  await reconcile(portal.services);
  expect(await rampCalls()).toEqual([TOKEN, INVALIDATE]);
  expect(await sandbox.customers()).toMatchObject([{ id: user.customerId, liveTokens: 0 }]);
});

test('issues again when another browser signs out during the call, so that the token is valid', async () => {
  const { user, session } = await customerSignedIn();
  const other = await signIn(portal.services, user.id);
  await sandbox.fault({ endpoint: TOKEN, kind: 'delay', ms: 1500, count: 1 });
  const issuing = issueToken(portal.services, session, USER_AGENT);
  await called(TOKEN);
  await other.signOut();
  const issued = tokenOf(await issuing);
  await reconcile(portal.services);
  expect(await rampCalls()).toEqual([TOKEN, INVALIDATE, TOKEN]);
  expect(issued.epoch).toBe((await authorisationRow(portal.services, user.id)).epoch);
  expect(await opensWidget(issued.token, USER_AGENT)).toBe(true);
  expect(await sandbox.customers()).toMatchObject([{ liveTokens: 1 }]);
});

test('two browsers of one customer are served one after the other', async () => {
  const { user, session } = await customerSignedIn();
  const other = await signIn(portal.services, user.id);
  await sandbox.fault({ endpoint: TOKEN, kind: 'delay', ms: 400 });
  const issued = await Promise.all([
    issueToken(portal.services, session, USER_AGENT),
    issueToken(portal.services, other.session, 'another browser'),
  ]);
  expect(issued.map(({ outcome }) => outcome)).toEqual(['issued', 'issued']);
  const [first, second] = (await sandbox.calls(TOKEN)).map(({ at }) => Date.parse(at));
  // The sandbox records when a call begins, and holds each one for 400 ms (a timer may be a little early).
  expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(390);
});

test('hands nothing over after the lease was lost, and revokes the issued token', async () => {
  const { user, session } = await customerSignedIn();
  await sandbox.fault({ endpoint: TOKEN, kind: 'delay', ms: 1500, count: 1 });
  const issuing = issueToken(portal.services, session, USER_AGENT);
  await called(TOKEN);
  // As if this process had been asleep past the end of its lease.
  await setLease(user.id, { leaseOwner: randomUUID(), leaseUntil: sql`now() + interval '1 minute'` });
  expect(await issuing).toEqual({ outcome: 'unavailable', retryInSeconds: 5 });
  await setLease(user.id, { leaseOwner: null, leaseUntil: null });
  await reconcile(portal.services);
  expect(await sandbox.customers()).toMatchObject([{ id: user.customerId, liveTokens: 0 }]);
});

test('the lease of a dead process expires', async () => {
  const { user, session } = await customerSignedIn();
  await setLease(user.id, { leaseOwner: randomUUID(), leaseUntil: sql`now() - interval '1 second'` });
  expect(await issueToken(portal.services, session, USER_AGENT)).toMatchObject({ outcome: 'issued' });
});

test('two customers do not wait for each other', async () => {
  const one = await customerSignedIn();
  const two = await customerSignedIn();
  await sandbox.fault({ endpoint: TOKEN, kind: 'delay', ms: 1500, count: 1 });
  const slow = issueToken(portal.services, one.session, USER_AGENT);
  await called(TOKEN);
  const order: string[] = [];
  await Promise.all([
    slow.then(() => order.push('slow')),
    issueToken(portal.services, two.session, USER_AGENT).then(() => order.push('quick')),
  ]);
  expect(order).toEqual(['quick', 'slow']);
});

test('a blocked wallet gets no token, and the portal learns why', async () => {
  const { user, session } = await customerSignedIn();
  await sandbox.setStatus(user.customerId, { walletStatus: 'Blocked' });
  expect(await issueToken(portal.services, session, USER_AGENT)).toEqual({
    outcome: 'not-ready',
    customer: { state: 'blocked', walletId: expect.any(String), walletStatus: 'Blocked' },
  });
});

test('treats a rejection without a reason as a refusal', async () => {
  const { session } = await customerSignedIn();
  await sandbox.fault({ endpoint: TOKEN, kind: 'status', status: 422 });
  expect(await issueToken(portal.services, session, USER_AGENT)).toEqual({ outcome: 'refused' });
});

test.each([{ kind: 'status', status: 500 }, { kind: 'malformed' }, { kind: 'reset-middle' }, { kind: 'html' }])(
  'KunaCore that does not answer well ($kind) is unavailable, not a refusal',
  async (fault) => {
    const { session } = await customerSignedIn();
    await sandbox.fault({ endpoint: TOKEN, ...fault });
    expect(await issueToken(portal.services, session, USER_AGENT)).toEqual({
      outcome: 'unavailable',
      retryInSeconds: 5,
    });
  },
);

test('a refused connection leaves the customer free for the next call', async () => {
  const { session } = await customerSignedIn();
  expect(await issueToken(portal.at(NO_LISTENER), session, USER_AGENT)).toEqual({
    outcome: 'unavailable',
    retryInSeconds: 5,
  });
  expect(await issueToken(portal.services, session, USER_AGENT)).toMatchObject({ outcome: 'issued' });
});

async function customerSignedIn() {
  const user = await addCustomer(portal.services);
  return { user, ...(await signIn(portal.services, user.id)) };
}

function tokenOf(issued: Issued) {
  if (issued.outcome !== 'issued') throw new Error(`no token: ${issued.outcome}`);
  return { ...issued, token: issued.token.reveal() };
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString());
}

async function opensWidget(token: string, userAgent: string): Promise<boolean> {
  const url = new URL(sandbox.widgetUrl);
  url.searchParams.set('institutionId', String(process.env.KUNACORE_INSTITUTION_ID));
  url.searchParams.set('refreshToken', token);
  const { status } = await fetch(url, { headers: { 'user-agent': userAgent } });
  return status === 200;
}

async function setLease(userId: string, lease: { leaseOwner: string | null; leaseUntil: SQL | null }): Promise<void> {
  await portal.services.db.update(customers).set(lease).where(eq(customers.userId, userId));
}

/** The order of what was asked about authorisations. */
async function rampCalls(): Promise<string[]> {
  const isRamp = ({ path }: SandboxCall) => path.startsWith('/v2/ramp/');
  return (await sandbox.calls()).filter(isRamp).map(({ path }) => path);
}

/** Waits until an endpoint has been called. */
async function called(path: string): Promise<void> {
  while ((await sandbox.calls(path)).length === 0) await sleep(5);
}

test('returns the wait that KunaCore requests', async () => {
  const { session } = await customerSignedIn();
  await sandbox.fault({ endpoint: TOKEN, kind: 'status', status: 429, retryAfter: 30 });
  expect(await issueToken(portal.services, session, USER_AGENT)).toEqual({
    outcome: 'unavailable',
    retryInSeconds: 30,
  });
});

/** Returns the portal with a KunaCore whose tokens contain these claims. */
function responding(names: Record<string, string>): Portal['services'] {
  const issue = async () => ({ token: new Secret('a.b.c'), expiresAt: null, names });
  return { ...portal.services, kunacore: { ...portal.services.kunacore, issueToken: issue } };
}
