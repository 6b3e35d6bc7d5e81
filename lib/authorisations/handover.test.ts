// From "Buy crypto" to the frame, and the state that the buy page reads afterwards.
// ASVS 5.0: 2.3.1 9.1.1 9.1.2 9.1.3 9.2.1 9.2.2 9.2.3 11.3.3
import { hkdfSync, randomBytes } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { type CompactJWEHeaderParameters, EncryptJWT, type JWTPayload, jwtDecrypt } from 'jose';
import { encode } from 'next-auth/jwt';
import { describe, expect, test, vi } from 'vitest';
import { config } from '@/lib/config/config';
import { sessions } from '@/lib/db/schema';
import { reconcile } from '@/lib/server/reconciler';
import { addCustomer, addUser, sessionRows, signIn, USER_AGENT, usePortal } from '@/tests/portal';
import { revokeAccess } from './epoch';
import { issueSealed, openFrame } from './frame';
import { redeemHandover } from './handover';
import type { TokenSession } from './issue';
import { readStatus } from './status';

const TOKEN = '/v2/ramp/token';

const { portal, sandbox } = usePortal();

describe('a sealed token', () => {
  test('opens the frame of its browser, without a second call', async () => {
    const { session } = await customerSignedIn();
    const sealed = await seal(session);
    const frame = await openFrame(portal.services, session, USER_AGENT, sealed);
    expect(await sandbox.calls(TOKEN)).toHaveLength(1);
    const url = urlOf(frame);
    expect(url.href.startsWith(`${sandbox.widgetUrl}?institutionId=5f0c0b1e-`)).toBe(true);
    expect([...url.searchParams.keys()]).toEqual(['institutionId', 'refreshToken']);
    expect(await opens(url)).toBe(true);
    // What travels in the cookie shows nothing of it.
    const token = String(url.searchParams.get('refreshToken'));
    for (const part of token.split('.')) expect(sealed).not.toContain(part);
    expect(JSON.stringify(await sessionRows(portal.services, session.userId))).not.toContain(token.split('.')[2]);
  });

  test('is redeemed once: the second time the frame gets another one', async () => {
    const { session } = await customerSignedIn();
    const sealed = await seal(session);
    const first = urlOf(await openFrame(portal.services, session, USER_AGENT, sealed));
    const second = urlOf(await openFrame(portal.services, session, USER_AGENT, sealed));
    expect(second.href).not.toBe(first.href);
    expect(await sandbox.calls(TOKEN)).toHaveLength(2);
  });

  test('is redeemed once, also by two frames at once', async () => {
    const { session } = await customerSignedIn();
    const sealed = await seal(session);
    const frames = await Promise.all([1, 2, 3].map(() => openFrame(portal.services, session, USER_AGENT, sealed)));
    expect(new Set(frames.map((frame) => urlOf(frame).href)).size).toBe(3);
  });

  test('is for the newest click only', async () => {
    const { session } = await customerSignedIn();
    const older = await seal(session);
    await seal(session);
    await openFrame(portal.services, session, USER_AGENT, older);
    expect(await sandbox.calls(TOKEN)).toHaveLength(3);
  });

  test('is rejected for another session of the same person [T9]', async () => {
    const { user, session } = await customerSignedIn();
    const sealed = await seal(session);
    const other = await signIn(portal.services, user.id);
    await openFrame(portal.services, other.session, USER_AGENT, sealed);
    expect(await sandbox.calls(TOKEN)).toHaveLength(2);
    // And is not used up by the attempt.
    await openFrame(portal.services, session, USER_AGENT, sealed);
    expect(await sandbox.calls(TOKEN)).toHaveLength(2);
  });

  test('is rejected for another browser [T22]', async () => {
    const { session } = await customerSignedIn();
    const sealed = await seal(session);
    await openFrame(portal.services, session, 'another browser', sealed);
    expect((await sandbox.calls(TOKEN)).map(({ body }) => body.userAgent)).toEqual([USER_AGENT, 'another browser']);
  });

  test('is rejected once the authorisation has ended', async () => {
    const { user, session } = await customerSignedIn();
    const sealed = await seal(session);
    await revokeAccess(portal.services, user.id, 'ended-by-user');
    const url = urlOf(await openFrame(portal.services, session, USER_AGENT, sealed));
    expect((await sandbox.calls()).map(({ path }) => path).slice(-2)).toEqual(['/v2/ramp/invalidate', TOKEN]);
    await reconcile(portal.services);
    expect(await opens(url)).toBe(true);
  });

  test('is rejected once the session has ended', async () => {
    const { session, signOut } = await customerSignedIn();
    const sealed = await seal(session);
    await signOut();
    expect(await openFrame(portal.services, session, USER_AGENT, sealed)).toEqual({ show: 'signed-out' });
  });

  test('is rejected after a minute', async () => {
    const { session } = await customerSignedIn();
    const sealed = await seal(session);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    try {
      await openFrame(portal.services, session, USER_AGENT, sealed);
    } finally {
      vi.useRealTimers();
    }
    expect(await sandbox.calls(TOKEN)).toHaveLength(2);
  });

  test.each([
    ['a changed letter', (sealed: string) => sealed.replace(/.(?=[^.]{8}$)/, (sign) => (sign === 'A' ? 'B' : 'A'))],
    ['a missing part', (sealed: string) => sealed.split('.').slice(0, 4).join('.')],
    ['a token of another issuer', () => 'eyJhbGciOiJub25lIn0.e30.'],
    ['nothing', () => ''],
  ])('with %s is as good as none', async (_, tamper) => {
    const { session } = await customerSignedIn();
    const sealed = await seal(session);
    expect(tamper(sealed)).not.toBe(sealed);
    expect(await openFrame(portal.services, session, USER_AGENT, tamper(sealed))).toMatchObject({ show: 'widget' });
    expect(await sandbox.calls(TOKEN)).toHaveLength(2);
  });
});

// Each forgery says what the genuine value says: only how it is sealed can give it away. (ASVS 5.0 9.1.2, 9.1.3, 9.2.2)
describe('what is sealed another way is refused, and uses nothing up', () => {
  const attackers = new Uint8Array(randomBytes(32));
  const attackersJwk = { kty: 'oct', k: Buffer.from(attackers).toString('base64url') } as const;

  test.each<[string, Partial<CompactJWEHeaderParameters>, (() => Uint8Array)?]>([
    ['a key in the header that it was sealed under', { jwk: attackersJwk }, () => attackers],
    ['the name of another key', { kid: 'attacker' }, () => attackers],
    ['the address of another key', { jku: 'https://evil.example/keys', kid: 'attacker' }, () => attackers],
    ['another encryption of the same key', { enc: 'A128CBC-HS256' }],
    ['a wrapped key', { alg: 'A256KW' }],
    ['a key wrapped by GCM', { alg: 'A256GCMKW' }],
    ['a key made from a password', { alg: 'PBES2-HS256+A128KW' }],
    ['a key made for another purpose', {}, () => derived('widget token')],
    ["next-auth's own key", {}, () => derived('NextAuth.js Generated Encryption Key')],
    ['the secret itself', {}, () => new TextEncoder().encode(config().secret).subarray(0, 32)],
  ])('%s', async (_name, header, key = () => derived('widget token handover')) => {
    const { redeem, genuine, claims } = await sealedAndOpened();
    const forged = await sealAs(claims, header, key());
    expect(await redeem(forged)).toEqual({ outcome: 'nothing' });
    expect(await redeem(genuine)).toMatchObject({ outcome: 'token' });
  });

  test("a cookie of next-auth's making, under the same secret", async () => {
    const { redeem, genuine, claims } = await sealedAndOpened();
    const cookie = await encode({ token: claims, secret: config().secret });
    expect(await redeem(cookie)).toEqual({ outcome: 'nothing' });
    expect(await redeem(genuine)).toMatchObject({ outcome: 'token' });
  });

  test('opens the same content when the portal sealed it', async () => {
    const { redeem, claims } = await sealedAndOpened();
    const again = await sealAs(claims, {}, derived('widget token handover'));
    const { token } = claims.content as { token: string };
    expect(await redeem(again)).toMatchObject({ outcome: 'token', token });
  });

  async function sealedAndOpened() {
    const { session } = await customerSignedIn();
    const genuine = await seal(session);
    const { payload: claims } = await jwtDecrypt(genuine, derived('widget token handover'));
    const redeem = (value: string) => redeemHandover(portal.services, config().secret, session, USER_AGENT, value);
    return { genuine, claims, redeem };
  }

  function sealAs(claims: JWTPayload, header: Partial<CompactJWEHeaderParameters>, key: Uint8Array): Promise<string> {
    return new EncryptJWT(claims).setProtectedHeader({ alg: 'dir', enc: 'A256GCM', ...header }).encrypt(key);
  }

  function derived(purpose: string): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', config().secret, '', purpose, 32));
  }
});

test('hands a failure to the frame too, which does not call KunaCore again', async () => {
  const { session } = await customerSignedIn();
  await sandbox.fault({ endpoint: TOKEN, kind: 'status', status: 500 });
  const sealed = await seal(session);
  const calls = (await sandbox.calls(TOKEN)).length;
  expect(await openFrame(portal.services, session, USER_AGENT, sealed)).toEqual({
    show: 'unavailable',
    retryInSeconds: 5,
  });
  expect(await sandbox.calls(TOKEN)).toHaveLength(calls);
});

test('hands nothing over for a customer who is not ready, and the frame says so', async () => {
  const user = await addUser(portal.services);
  const { session } = await signIn(portal.services, user.id);
  expect(await issueSealed(portal.services, session, USER_AGENT)).toBeNull();
  expect(await openFrame(portal.services, session, USER_AGENT, undefined)).toEqual({ show: 'not-ready' });
});

describe('the status of the buy page', () => {
  test('is none before the widget was shown, then live, then ended', async () => {
    const { user, session } = await customerSignedIn();
    expect(await readStatus(portal.services, session.id)).toEqual({ state: 'none' });
    await openFrame(portal.services, session, USER_AGENT, await seal(session));
    expect(await readStatus(portal.services, session.id)).toEqual({ state: 'live' });
    await revokeAccess(portal.services, user.id, 'ended-by-user');
    expect(await readStatus(portal.services, session.id)).toEqual({ state: 'ended' });
    // Carried out is still ended; a new token is a new beginning.
    await reconcile(portal.services);
    expect(await readStatus(portal.services, session.id)).toEqual({ state: 'ended' });
    await openFrame(portal.services, session, USER_AGENT, undefined);
    expect(await readStatus(portal.services, session.id)).toEqual({ state: 'live' });
  });

  test('when another browser of the same person signs out', async () => {
    const { user, session } = await customerSignedIn();
    const other = await signIn(portal.services, user.id);
    await openFrame(portal.services, session, USER_AGENT, undefined);
    await other.signOut();
    expect(await readStatus(portal.services, session.id)).toEqual({ state: 'ended' });
  });

  test('reports that the token expires soon, and that it has expired', async () => {
    const { session } = await customerSignedIn();
    await openFrame(portal.services, session, USER_AGENT, undefined);
    await letTokenLast(session.id, 120);
    const soon = await readStatus(portal.services, session.id);
    if (soon.state !== 'expiring') throw new Error(soon.state);
    expect(soon.inSeconds).toBeGreaterThan(60);
    expect(soon.inSeconds).toBeLessThanOrEqual(120);
    await letTokenLast(session.id, -1);
    expect(await readStatus(portal.services, session.id)).toEqual({ state: 'expired' });
  });
});

async function customerSignedIn() {
  const user = await addCustomer(portal.services);
  return { user, ...(await signIn(portal.services, user.id)) };
}

async function seal(session: TokenSession): Promise<string> {
  const sealed = await issueSealed(portal.services, session, USER_AGENT);
  if (!sealed) throw new Error('nothing to hand over');
  return sealed;
}

function urlOf(frame: Awaited<ReturnType<typeof openFrame>>): URL {
  if (frame.show !== 'widget') throw new Error(`the frame shows ${frame.show}`);
  return new URL(frame.url);
}

async function opens(url: URL): Promise<boolean> {
  return (await fetch(url, { headers: { 'user-agent': USER_AGENT } })).status === 200;
}

async function letTokenLast(sessionId: string, seconds: number): Promise<void> {
  const authorisedUntil = sql`now() + make_interval(secs => ${seconds})`;
  await portal.services.db.update(sessions).set({ authorisedUntil }).where(eq(sessions.id, sessionId));
}
