// ASVS 5.0: 7.4.1 7.6.2 9.1.1 9.1.2 9.1.3 9.2.1 9.2.2 9.2.3 9.2.4 10.5.5
import { createSecretKey, randomUUID } from 'node:crypto';
import { exportSPKI, generateKeyPair, importJWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { accounts, providerEnds, sessions } from '@/lib/db/schema';
import { RATE_LIMITS } from '@/lib/rate-limits/limits';
import * as ends from '@/lib/sessions/end-at-provider';
import { linkIdentity } from '@/lib/users/identities';
import { LOGOUT_EVENT, type LogoutProvider, startLogoutProvider } from '@/tests/logout-provider';
import {
  addUser,
  authorisationRow,
  linkCustomer,
  NO_LISTENER,
  type Portal,
  sessionRows,
  signIn,
  startPortal,
} from '@/tests/portal';
import { backchannelLogout } from './backchannel-logout';

const CLIENT_ID = 'partner-portal';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const now = () => Math.floor(Date.now() / 1000);

let provider: LogoutProvider;
let portal: Portal;
let foreign: Awaited<ReturnType<typeof generateKeyPair>>;
let olena: Person;

beforeAll(async () => {
  [provider, foreign] = await Promise.all([startLogoutProvider(CLIENT_ID), generateKeyPair('RS256')]);
  portal = await startPortal({ apiUrl: NO_LISTENER, widgetUrl: `${NO_LISTENER}/` }, undefined, {
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT_ID,
  });
});
beforeEach(async () => {
  await portal.empty();
  olena = await addPerson('olena', ['laptop', 'phone']);
});
afterAll(async () => {
  provider?.close();
  await portal?.close();
});

interface Person {
  id: string;
  subject: string;
}

/** Adds a customer who signed in at the provider, once for each of its sessions. */
async function addPerson(subject: string, sids: (string | null)[]): Promise<Person> {
  const { services } = portal;
  const { id, email } = await addUser(services);
  await linkIdentity(services, id, { provider: 'oidc', providerAccountId: subject }, email);
  await linkCustomer(services, id);
  for (const sid of sids) await signInAtProvider(id, subject, sid);
  return { id, subject };
}

const signInAtProvider = (id: string, subject: string, sid: string | null, issuedAt = now()) =>
  signIn(portal.services, id, { provider: 'oidc', authTime: null, atProvider: { subject, sid, issuedAt } });

function post(body: string, headers: Record<string, string> = FORM): Promise<Response> {
  const address = 'http://localhost:3000/api/auth/backchannel-logout';
  return backchannelLogout(new Request(address, { method: 'POST', headers, body }));
}

const send = (token: string) => post(String(new URLSearchParams({ logout_token: token })));
const tell = async (claims: JWTPayload) => send(await provider.sign(claims));

/** Returns the response's status and how many sessions and epochs there are of a person. */
async function outcome(response: Response, { id } = olena) {
  const { epoch, lastReason } = await authorisationRow(portal.services, id);
  return { status: response.status, sessions: (await sessionRows(portal.services, id)).length, epoch, lastReason };
}

const ENDED = { status: 200, lastReason: 'ended-at-provider', epoch: 1 };
const UNTOUCHED = { sessions: 2, epoch: 0, lastReason: null };

describe('a logout token ends', () => {
  test('the one session that it names by `sid`, and the access at KunaCore is due to be revoked', async () => {
    const response = await tell({ sid: 'laptop' });
    expect(await outcome(response)).toEqual({ ...ENDED, sessions: 1 });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toBe('');
  });

  test('the one session, when it names the person as well', async () => {
    expect(await outcome(await tell({ sid: 'phone', sub: 'olena' }))).toEqual({ ...ENDED, sessions: 1 });
  });

  test('every session of a person whom it names by `sub`, except one from a link', async () => {
    await signIn(portal.services, olena.id, { provider: 'email', authTime: null });
    expect(await outcome(await tell({ sub: 'olena' }))).toEqual({ ...ENDED, sessions: 1 });
    const [left] = await sessionRows(portal.services, olena.id);
    expect(left?.provider).toBe('email');
  });

  test('a session of the person that does not know its `sid`', async () => {
    const maksym = await addPerson('maksym', [null, 'tablet']);
    const response = await tell({ sid: 'unknown', sub: 'maksym' });
    expect(await outcome(response, maksym)).toEqual({ ...ENDED, sessions: 1 });
  });

  test('nothing of other people', async () => {
    const maksym = await addPerson('maksym', ['tablet', 'watch']);
    await tell({ sub: 'olena' });
    await tell({ sid: 'laptop' });
    expect(await outcome(new Response(), maksym)).toEqual({ status: 200, ...UNTOUCHED });
  });

  test('and answers 200 for a session or person that is signed out here', async () => {
    for (const claims of [{ sid: 'gone' }, { sub: 'nobody' }, { sid: 'gone', sub: 'nobody' }])
      expect((await tell(claims)).status).toBe(200);
    expect(await outcome(new Response())).toEqual({ status: 200, ...UNTOUCHED });
  });

  test.each([
    ['without a type', {}, { typ: undefined }],
    ['with the type JWT', {}, { typ: 'JWT' }],
    ['with the full media type', {}, { typ: 'application/logout+jwt' }],
    ['with the audience in a list', { aud: [CLIENT_ID] }, {}],
    ['with claims in the event', { events: { [LOGOUT_EVENT]: { reason: 'x' }, 'https://other.example': {} } }, {}],
    ['by a clock that is half a minute ahead', { iat: now() + 30, exp: now() + 150 }, {}],
    ['without `exp`, as in drafts of the standard', { exp: undefined }, {}],
    ['that has just expired', { iat: now() - 150, exp: now() - 30 }, {}],
  ])('when it comes %s', async (_what, claims, header) => {
    const response = await send(await provider.sign({ sub: 'olena', ...claims }, header));
    expect(await outcome(response)).toEqual({ ...ENDED, sessions: 0 });
  });

  test('by an issuer that ends with a slash', async () => {
    expect((await tell({ sub: 'olena', iss: `${provider.issuer}/` })).status).toBe(200);
  });

  test('after the provider has changed its key', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    try {
      await provider.changeKey();
      expect((await tell({ sub: 'olena' })).status).toBe(200);
    } finally {
      vi.useRealTimers();
    }
  });
});

/** A way to spoil a request; returns the response. */
type Spoilt = () => Promise<Response>;
const withClaims =
  (claims: JWTPayload): Spoilt =>
  () =>
    tell({ sid: 'laptop', sub: 'olena', ...claims });
const withHeader =
  (header: Record<string, unknown>): Spoilt =>
  async () =>
    send(await provider.sign({ sub: 'olena' }, header));
const withBody =
  (body: (token: string) => string, headers?: Record<string, string>): Spoilt =>
  async () =>
    post(body(await provider.sign({ sub: 'olena' })), headers);

/** Signs good claims in another way. */
const signed =
  (sign: (claims: JWTPayload) => Promise<string> | string): Spoilt =>
  async () =>
    send(await sign(JSON.parse(atob((await provider.sign({ sub: 'olena' })).split('.')[1] ?? '')) as JWTPayload));

const publicKeyAsSecret = async () => {
  const { keys } = (await (await fetch(`${provider.issuer}/jwks`)).json()) as { keys: object[] };
  const pem = await exportSPKI((await importJWK({ ...keys[0], ext: true })) as CryptoKey);
  return createSecretKey(Buffer.from(pem));
};

const BAD: [what: string, problem: string, spoilt: Spoilt][] = [
  ['no body', 'request', withBody(() => '')],
  ['another field', 'request', withBody((token) => `id_token=${token}`)],
  ['an empty token', 'not-a-token', withBody(() => 'logout_token=')],
  ['two tokens', 'request', withBody((token) => `logout_token=${token}&logout_token=${token}`)],
  [
    'JSON',
    'request',
    withBody((logout_token) => JSON.stringify({ logout_token }), { 'content-type': 'application/json' }),
  ],
  [
    'a form of parts',
    'request',
    withBody((token) => `logout_token=${token}`, { 'content-type': 'multipart/form-data' }),
  ],
  ['no content type', 'request', withBody((token) => `logout_token=${token}`, { 'content-type': '' })],
  ['text that is no token', 'not-a-token', () => send('logout')],
  ['two parts', 'not-a-token', withBody((token) => `logout_token=${token.split('.').slice(0, 2).join('.')}`)],
  ['a header that is no JSON', 'not-a-token', () => send('e30x.e30.x')],
  ['more than 16 KiB', 'not-a-token', withClaims({ padding: 'x'.repeat(20_000) })],
  ['five parts, as if encrypted', 'not-a-token', () => send('e30.a.b.c.d')],
  ['the type of an access token', 'type', withHeader({ typ: 'at+jwt' })],
  ['the type of a security event', 'type', withHeader({ typ: 'secevent+jwt' })],
  ['an unknown critical header', 'algorithm', withHeader({ crit: ['x'], x: true })],
  ['no signature (`none`)', 'algorithm', signed((claims) => new UnsecuredJWT(claims).encode())],
  [
    'HS256 under the client’s id',
    'algorithm',
    signed((claims) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', kid: provider.keyId })
        .sign(createSecretKey(Buffer.from(CLIENT_ID.repeat(4)))),
    ),
  ],
  [
    'HS256 under the public key',
    'algorithm',
    signed(async (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: provider.keyId }).sign(await publicKeyAsSecret()),
    ),
  ],
  [
    'an algorithm that the provider does not use',
    'algorithm',
    signed(async (claims) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', kid: provider.keyId })
        .sign((await generateKeyPair('ES256')).privateKey),
    ),
  ],
  [
    'the signature of another key',
    'signature',
    signed((claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: provider.keyId }).sign(foreign.privateKey),
    ),
  ],
  ['an unknown key', 'signature', withHeader({ kid: 'nobody' })],
  [
    'changed claims',
    'signature',
    withBody((token) => {
      const [header, , signature] = token.split('.');
      return `logout_token=${header}.${btoa(JSON.stringify({ sub: 'olena' })).replaceAll('=', '')}.${signature}`;
    }),
  ],
  ['another issuer', 'issuer', withClaims({ iss: 'https://other.example' })],
  ['no issuer', 'issuer', withClaims({ iss: undefined })],
  ['the audience of another client', 'audience', withClaims({ aud: 'another-client' })],
  ['another audience beside ours', 'claims', withClaims({ aud: [CLIENT_ID, 'another-client'] })],
  ['no audience', 'audience', withClaims({ aud: undefined })],
  ['no `iat`', 'time', withClaims({ iat: undefined })],
  ['an `iat` in the future', 'time', withClaims({ iat: now() + 600, exp: now() + 900 })],
  ['an `iat` of yesterday', 'time', withClaims({ iat: now() - 86_400, exp: now() + 900 })],
  ['`iat` as text', 'time', withClaims({ iat: String(now()) as unknown as number })],
  ['an `exp` in the past', 'time', withClaims({ iat: now() - 400, exp: now() - 300 })],
  ['an `nbf` in the future', 'time', withClaims({ nbf: now() + 600 })],
  ['no `jti`', 'claims', withClaims({ jti: undefined })],
  ['an empty `jti`', 'claims', withClaims({ jti: '' })],
  ['no `events`', 'claims', withClaims({ events: undefined })],
  ['`events` without the logout', 'claims', withClaims({ events: { 'https://other.example': {} } })],
  ['an event that is no object', 'claims', withClaims({ events: { [LOGOUT_EVENT]: true } })],
  ['`events` as a list', 'claims', withClaims({ events: [LOGOUT_EVENT] })],
  ['a nonce, as an ID token has', 'claims', withClaims({ nonce: 'n' })],
  ['neither `sid` nor `sub`', 'claims', withClaims({ sid: undefined, sub: undefined })],
  ['empty `sid` and `sub`', 'claims', withClaims({ sid: '', sub: '' })],
  ['a `sid` that is a number', 'claims', withClaims({ sid: 7 })],
  ['the `sid` of another person', 'mismatch', withClaims({ sub: 'maksym' })],
  ['the `sid` of a known person and an unknown `sub`', 'mismatch', withClaims({ sub: 'nobody' })],
];

describe('a bad logout token gets a 400 and ends nothing [T41]', () => {
  beforeEach(() => addPerson('maksym', ['tablet']));

  test('there are at least 40 of them', () => expect(BAD.length).toBeGreaterThanOrEqual(40));

  test.each(BAD)('%s: %s', async (_what, problem, spoilt) => {
    const response = await spoilt();
    expect(await response.clone().json()).toEqual({ error: 'invalid_request', error_description: problem });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await outcome(response)).toEqual({ status: 400, ...UNTOUCHED });
    expect(await portal.services.db.$count(sessions)).toBe(3);
  });

  test('a token that was used before, at any instance', async () => {
    const token = await provider.sign({ sub: 'olena' });
    expect((await send(token)).status).toBe(200);
    await signInAtProvider(olena.id, 'olena', 'another', now() + 5);
    const again = await send(token);
    expect(await again.clone().json()).toMatchObject({ error_description: 'replayed' });
    expect(await outcome(again)).toEqual({ ...ENDED, status: 400, sessions: 1 });
  });

  test('a token that is used twice at once ends its sessions once', async () => {
    const token = await provider.sign({ sub: 'olena' });
    const statuses = await Promise.all(Array.from({ length: 6 }, async () => (await send(token)).status));
    expect(statuses.sort()).toEqual([200, 400, 400, 400, 400, 400]);
    expect(await outcome(new Response())).toEqual({ ...ENDED, sessions: 0 });
  });
});

describe('200 means that the end is stored [T41]', () => {
  test('so a failing database gets a 400, and the same token works later', async () => {
    const token = await provider.sign({ sub: 'olena' });
    const failing = vi.spyOn(ends, 'endAtProvider').mockRejectedValueOnce(new Error('the database is gone'));
    expect(await outcome(await send(token))).toEqual({ status: 400, ...UNTOUCHED });
    failing.mockRestore();
    expect(await outcome(await send(token))).toEqual({ ...ENDED, sessions: 0 });
  });

  test('and an epoch that cannot be stored keeps the sessions and the token', async () => {
    const { db } = portal.services;
    await db.execute('alter table authorisations add constraint broken check (epoch < 1)');
    const token = await provider.sign({ sub: 'olena' });
    const response = await send(token).finally(() => db.execute('alter table authorisations drop constraint broken'));
    expect(await outcome(response)).toEqual({ status: 400, ...UNTOUCHED });
    expect((await send(token)).status).toBe(200);
  });
});

describe('a sign-in that the provider ended on its way [T41]', () => {
  const signInWith = (sid: string | null, issuedAt: number) => signInAtProvider(olena.id, 'olena', sid, issuedAt);

  test('is refused, by session and by person', async () => {
    await tell({ sid: 'new', iat: now() });
    await expect(signInWith('new', now() - 2)).rejects.toThrow('The provider has ended this sign-in');
    await expect(signInWith('other', now() - 2)).resolves.toBeDefined();
    await tell({ sub: 'olena', iat: now() });
    await expect(signInWith('other', now() - 2)).rejects.toThrow('The provider has ended this sign-in');
    await expect(signInWith(null, now() - 2)).rejects.toThrow('The provider has ended this sign-in');
  });

  test('is refused without a `sid` when a session of the person ended', async () => {
    await tell({ sid: 'new', sub: 'olena', iat: now() });
    await expect(signInWith(null, now() - 2)).rejects.toThrow('The provider has ended this sign-in');
  });

  test('works again with a newer ID token', async () => {
    await tell({ sub: 'olena', iat: now() - 2 });
    await expect(signInWith('newer', now())).resolves.toBeDefined();
  });
});

test('a session whose `sid` was exchanged in the database is no session', async () => {
  const { cookie, session } = await signInAtProvider(olena.id, 'olena', 'mine');
  const { db } = portal.services;
  const { findSession } = await import('@/lib/sessions/find');
  const { eq } = await import('drizzle-orm');
  for (const providerSession of [null, ends.providerSessionHash('another')]) {
    await db.update(sessions).set({ providerSession }).where(eq(sessions.id, session.id));
    expect(await findSession(portal.services, cookie)).toBeNull();
  }
  await db
    .update(sessions)
    .set({ providerSession: ends.providerSessionHash('mine') })
    .where(eq(sessions.id, session.id));
  expect(await findSession(portal.services, cookie)).not.toBeNull();
});

test('an identity that was exchanged in the database ends nothing', async () => {
  await portal.services.db.update(accounts).set({ subjectSealed: randomUUID() });
  expect(await outcome(await tell({ sub: 'olena' }))).toEqual({ status: 400, ...UNTOUCHED });
});

test('the keys are fetched again for an unknown key, but not for each of a thousand', async () => {
  await send(await provider.sign({ sub: 'olena' }));
  const before = provider.keysFetched;
  for (let n = 0; n < 1000; n += 1) await send(await provider.sign({ sub: 'olena' }, { kid: `unknown-${n}` }));
  expect(provider.keysFetched - before).toBeLessThanOrEqual(1);
});

test('the limit admits a provider that ends thousands of sessions in a minute', () => {
  const { uses, seconds } = RATE_LIMITS['logout-address'];
  expect(uses / seconds).toBeGreaterThanOrEqual(10_000 / 60);
});

test('used tokens are forgotten once they cannot be valid any more', async () => {
  const { db } = portal.services;
  await tell({ sub: 'olena' });
  await tell({ sid: 'laptop' });
  await ends.sweepProviderEnds(portal.services);
  expect(await db.$count(providerEnds)).toBe(2);
  await db.update(providerEnds).set({ createdAt: new Date(Date.now() - 21 * 60_000) });
  await ends.sweepProviderEnds(portal.services);
  expect(await db.$count(providerEnds)).toBe(0);
});
