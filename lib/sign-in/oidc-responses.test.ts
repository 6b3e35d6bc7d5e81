// ASVS 5.0: 6.8.2 6.8.4 7.2.4 7.6.1 9.1.1 9.1.2 9.1.3 9.2.1 9.2.2 9.2.3 10.1.2 10.5.1 10.5.2 10.5.3 10.5.4 11.6.1
import fc from 'fast-check';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import type { Adapter } from 'next-auth/adapters';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { readAuditLog } from '@/lib/audit/read';
import { sessionCookieName, signInCookies } from '@/lib/auth/cookies';
import { rateLimits, sessions, users } from '@/lib/db/schema';
import { log } from '@/lib/log/log';
import { RATE_LIMITS } from '@/lib/rate-limits/limits';
import { findSession } from '@/lib/sessions/find';
import { hashSessionToken } from '@/lib/sessions/token-hash';
import { findUser } from '@/lib/users/find';
import { listIdentities } from '@/lib/users/identities';
import { HandlerBrowser } from '@/tests/next-request';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type OpenIdProvider,
  type ProviderResponse,
  settingsFor,
  startOpenIdProvider,
} from '@/tests/openid-provider';
import { addUser, NO_LISTENER, type Portal, signIn as portalSignIn, sessionRows, startPortal } from '@/tests/portal';
import { openCallback, startSignIn } from '@/tests/sign-in';

vi.mock('next/headers', () => import('@/tests/next-request'));
vi.mock('next-intl/server', () => import('@/tests/translations'));
vi.mock('./adapter', async (original) => {
  const real = await original<typeof import('./adapter')>();
  const portalAdapter: typeof real.portalAdapter = (...args) => ({
    ...real.portalAdapter(...args),
    ...(exposedSession && { getSessionAndUser: async () => exposedSession }),
  });
  return { ...real, portalAdapter };
});
vi.mock('@/lib/auth/cookies', async (original) => {
  const real = await original<typeof import('@/lib/auth/cookies')>();
  const clearSessionCookies: typeof real.clearSessionCookies = (...args) =>
    exposedSession ? undefined : real.clearSessionCookies(...args);
  return { ...real, clearSessionCookies };
});

const OTHER = 'https://other.example.test';
const ORIGIN = 'http://localhost:3000';
const SESSION_COOKIE = sessionCookieName(false);

let provider: OpenIdProvider;
let portal: Portal;
let browser: HandlerBrowser;
/** The logged reasons. */
let reasons: string[];
/** A key that is not the provider's. */
let foreign: Awaited<ReturnType<typeof generateKeyPair>>;

beforeAll(async () => {
  [provider, foreign] = await Promise.all([startOpenIdProvider(), generateKeyPair('RS256', { extractable: true })]);
  portal = await startPortal({ apiUrl: NO_LISTENER, widgetUrl: `${NO_LISTENER}/` }, undefined, {
    NEXTAUTH_URL: ORIGIN,
    ...settingsFor(provider),
    OIDC_PROMPT: 'login',
  });
  vi.spyOn(log(), 'warn').mockImplementation((fields: unknown) => {
    const { event, reason } = fields as { event: string; reason: string };
    if (event === 'oidc_refused') reasons.push(reason);
  });
});
beforeEach(async () => {
  browser = new HandlerBrowser();
  reasons = [];
  provider.reset();
  await portal.empty();
  await portal.services.db.delete(rateLimits);
});
afterEach(() => {
  exposedSession = null;
});
afterAll(async () => {
  provider?.close();
  await portal?.close();
});

/** A session that next-auth gets to see, with its cookie. The portal hides both. */
let exposedSession: Awaited<ReturnType<NonNullable<Adapter['getSessionAndUser']>>> = null;

/** Starts a sign-in. @returns the address of the redirect. */
function start(from = browser): Promise<URL> {
  return startSignIn(from, ORIGIN);
}

/** Opens the provider's redirect. @returns the page of the portal that it leads to. */
async function finish(back: URL, from = browser): Promise<string> {
  return pageOf(await openCallback(from, back));
}

function pageOf(next: URL): string {
  if (next.origin !== ORIGIN) throw new Error(`led away to ${next.origin}`);
  const error = next.searchParams.get('error');
  return error ? `${next.pathname}?error=${error}` : next.pathname;
}

async function signIn(response?: ProviderResponse, from = browser): Promise<string> {
  return finish(provider.respond(await start(from), response), from);
}

/** Returns the resulting page and the numbers of sessions and users. */
async function outcome(page: Promise<string>) {
  const shown = await page;
  const { db } = portal.services;
  return { page: shown, sessions: await db.$count(sessions), users: await db.$count(users) };
}

const IN = { page: '/account', sessions: 1, users: 1 };
const refused = (error = 'OAuthSetup') => ({ page: `/sign-in?error=${error}`, sessions: 0, users: 0 });

/** Returns a response about this person. */
const person = (sub: string, email: string): ProviderResponse => ({ token: { sub }, userinfo: { sub, email } });

test('signs in after a valid response, and the cookie belongs to the new session', async () => {
  expect(await outcome(signIn())).toEqual(IN);
  const [row] = await portal.services.db.select().from(sessions);
  expect(row?.tokenHash).toBe(hashSessionToken(browser.cookies.get(SESSION_COOKIE) ?? ''));
});

test('requests a code with a new state, nonce and challenge, and a new login, at each start', async () => {
  const starts = [await start(), await start(), await start(new HandlerBrowser())];
  for (const { origin, searchParams } of starts) {
    expect(origin).toBe(provider.issuer);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      prompt: 'login',
      max_age: '300',
      redirect_uri: `${ORIGIN}/api/auth/callback/oidc`,
    });
  }
  const secrets = starts.flatMap(({ searchParams }) =>
    ['state', 'nonce', 'code_challenge'].map((name) => searchParams.get(name) ?? ''),
  );
  expect(new Set(secrets).size).toBe(9);
  // 43 characters of base64url are 256 bits.
  for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/);
});

describe('rejects an ID token [T20]', () => {
  const now = Math.floor(Date.now() / 1000);
  const withKey = (header: object) => (claims: JWTPayload) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', ...header }).sign(foreign.privateKey);

  test.each<[string, ProviderResponse, string]>([
    ['that is missing', { seal: () => undefined }, 'token'],
    ['with alg none', { seal: (claims) => new UnsecuredJWT(claims).encode() }, 'alg'],
    [
      'signed with the client secret',
      {
        seal: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(CLIENT_SECRET)),
      },
      'alg',
    ],
    [
      'signed by a key that calls itself the provider’s',
      { seal: (claims) => withKey({ kid: provider.keyId })(claims) },
      'signature',
    ],
    ['signed by an unknown key', { seal: withKey({ kid: 'unknown' }) }, 'keys'],
    [
      'that brings its own key along',
      { seal: async (claims) => withKey({ jwk: await exportJWK(foreign.publicKey) })(claims) },
      'signature',
    ],
    ['whose signature is cut', { seal: async (claims, sign) => (await sign(claims)).slice(0, -40) }, 'signature'],
    [
      'changed after it was signed',
      {
        async seal(claims, sign) {
          const [header, , signature] = (await sign({ ...claims, sub: 'ivan' })).split('.');
          return `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
        },
      },
      'signature',
    ],
    ['with another nonce', { token: { nonce: 'another' } }, 'nonce'],
    ['without a nonce', { token: { nonce: undefined } }, 'nonce'],
    ['for another client', { token: { aud: 'another' } }, 'audience'],
    ['for two clients, neither of them this', { token: { aud: ['a', 'b'], azp: CLIENT_ID } }, 'audience'],
    ['for two clients, without `azp`', { token: { aud: [CLIENT_ID, 'another'] } }, 'audience'],
    ['given to another client', { token: { aud: [CLIENT_ID, 'another'], azp: 'another' } }, 'audience'],
    ['of another issuer', { token: { iss: OTHER } }, 'issuer'],
    ['that has expired', { token: { exp: now - 120 } }, 'time'],
    ['that never expires', { token: { exp: undefined } }, 'time'],
    ['that is not valid yet', { token: { nbf: now + 3600 } }, 'time'],
    ['with another subject than userinfo', { token: { sub: 'ivan' } }, 'subject'],
    ['without a subject', { token: { sub: undefined } }, 'subject'],
    ['without `auth_time`', { token: { auth_time: undefined } }, 'auth-time'],
    [
      'with `auth_time` in the userinfo only',
      { token: { auth_time: undefined }, userinfo: { auth_time: now } },
      'auth-time',
    ],
    ['with `auth_time` as text', { token: { auth_time: String(now) } }, 'auth-time'],
    ['of a sign-in seven minutes ago', { token: { auth_time: now - 420 } }, 'stale'],
    ['of a sign-in yesterday', { token: { auth_time: now - 86_400 } }, 'stale'],
    ['of a sign-in in 1970', { token: { auth_time: 0 } }, 'auth-time'],
  ])('%s', async (_, response, reason) => {
    expect(await outcome(signIn(response))).toEqual(refused(reason === 'stale' ? 'OAuthCallback' : 'OAuthSetup'));
    expect(reasons).toEqual([reason]);
    expect(await outcome(signIn())).toEqual(IN);
  });

  test.each<[string, ProviderResponse]>([
    ['whose claims are laid over with nothing', { token: {} }],
    ['made by hand with the provider’s key', { seal: (claims, sign) => sign(claims) }],
    ['for this client and another, given to this one', { token: { aud: [CLIENT_ID, 'another'], azp: CLIENT_ID } }],
    ['about the same other person as userinfo', person('ivan', 'ivan@example.test')],
    ['of a sign-in four minutes ago', { token: { auth_time: now - 240 } }],
  ])('but accepts one %s', async (_, response) => {
    expect(await outcome(signIn(response))).toEqual(IN);
  });
});

test('rejects a discovery document of another issuer', async () => {
  const started = await start();
  provider.callsItself = OTHER;
  // At the start already, and when the document changes meanwhile.
  expect(await outcome(start().then(pageOf))).toEqual(refused());
  expect(await outcome(finish(provider.respond(started, { token: { iss: OTHER } })))).toEqual(refused());
  expect(reasons).toEqual(['issuer', 'issuer']);
  provider.callsItself = provider.issuer;
  expect(await outcome(signIn())).toEqual(IN);
});

describe('rejects a response', () => {
  test('in another browser', async () => {
    const back = provider.respond(await start());
    expect(await outcome(finish(back, new HandlerBrowser()))).toEqual(refused('OAuthCallback'));
    expect(reasons).toEqual(['state']);
    expect(await outcome(finish(back))).toEqual(IN);
  });

  test('in another browser that has also started a sign-in', async () => {
    const back = provider.respond(await start());
    const other = new HandlerBrowser();
    await start(other);
    expect(await outcome(finish(back, other))).toEqual(refused('OAuthCallback'));
    expect(reasons).toEqual(['state']);
    expect(await outcome(finish(back))).toEqual(IN);
  });

  test.each<[string, (query: URLSearchParams) => void, string]>([
    ['with a changed state', (query) => query.set('state', 'another'), 'state'],
    ['without a state', (query) => query.delete('state'), 'state'],
    ['that names another issuer', (query) => query.set('iss', OTHER), 'issuer'],
  ])('%s', async (_, change, reason) => {
    const back = provider.respond(await start());
    const changed = new URL(back);
    change(changed.searchParams);
    expect(await outcome(finish(changed))).toEqual(refused(reason === 'state' ? 'OAuthCallback' : 'OAuthSetup'));
    expect(reasons).toEqual([reason]);
    expect(await outcome(finish(back))).toEqual(IN);
  });

  test('with the code of another sign-in, even with the right state and nonce', async () => {
    const started = await start();
    const nonce = started.searchParams.get('nonce');
    const back = provider.respond(started);
    const injected = new URL(back);
    const theirs = provider.respond(await start(new HandlerBrowser()), { token: { nonce } });
    injected.searchParams.set('code', theirs.searchParams.get('code') ?? '');
    expect(await outcome(finish(injected))).toEqual(refused('OAuthCallback'));
    expect(reasons).toEqual(['code']);
    expect(await outcome(finish(back))).toEqual(IN);
  });

  test('that was used before', async () => {
    const back = provider.respond(await start());
    expect(await outcome(finish(back))).toEqual(IN);
    // The person is signed in already; nothing is redeemed again.
    expect(await outcome(finish(back))).toEqual(IN);
    expect(provider.requests.get('/token')).toBe(1);
    browser.cookies.delete(SESSION_COOKIE);
    expect(await outcome(finish(back))).toEqual({ ...IN, page: '/sign-in?error=OAuthCallback' });
    expect(reasons).toEqual(['state']);
  });
});

describe('requires an address that the provider has verified', () => {
  test.each<[string, ProviderResponse]>([
    ['says that it is unverified', { userinfo: { email_verified: false } }],
    ['says nothing', { userinfo: { email_verified: undefined } }],
    ['says "false" in quotes', { userinfo: { email_verified: 'false' } }],
    ['says "yes" in quotes', { userinfo: { email_verified: 'yes' } }],
    ['says 1', { userinfo: { email_verified: 1 } }],
    [
      'takes it back at the userinfo endpoint',
      { token: { email_verified: true }, userinfo: { email_verified: false } },
    ],
    [
      'says it of another address',
      {
        token: { email: 'olena@example.test', email_verified: true },
        userinfo: { email: 'ivan@example.test', email_verified: undefined },
      },
    ],
  ])('rejects the sign-in and creates no user when the provider %s', async (_, response) => {
    expect(await outcome(signIn(response))).toEqual(refused('EmailNotVerified'));
    expect(await outcome(signIn())).toEqual(IN);
  });

  test('accepts `email_verified` in the token or in the userinfo', async () => {
    const email = 'olena@example.test';
    const inToken: ProviderResponse = {
      token: { email, email_verified: true },
      userinfo: { email_verified: undefined },
    };
    expect(await outcome(signIn(inToken))).toEqual(IN);
    const inTokenAlone = { ...inToken, userinfo: { email: undefined, email_verified: undefined } };
    expect(await outcome(signIn(inTokenAlone, new HandlerBrowser()))).toEqual({ ...IN, sessions: 2 });
  });

  test('rejects a known user with an unverified address', async () => {
    expect(await outcome(signIn())).toEqual(IN);
    const unverified = signIn({ userinfo: { email_verified: false } }, new HandlerBrowser());
    expect(await outcome(unverified)).toEqual({ ...IN, page: '/sign-in?error=EmailNotVerified' });
  });

  test('rejects a response without an address', async () => {
    expect(await outcome(signIn({ userinfo: { email: undefined } }))).toEqual(refused('EmailInvalid'));
  });
});

describe('the user of a sign-in', () => {
  test('is the same for a known subject with a changed address, which becomes the user’s', async () => {
    await signIn(person('sub-1', 'olena@example.test'));
    expect(await signIn(person('sub-1', 'olena.new@example.test'), new HandlerBrowser())).toBe('/account');
    const rows = await portal.services.db.select().from(sessions);
    expect(rows).toHaveLength(2);
    expect(new Set(rows.map(({ userId }) => userId)).size).toBe(1);
    expect(await portal.services.db.$count(users)).toBe(1);
    expect(await findUser(portal.services, 'olena.new@example.test')).toMatchObject({ id: rows[0]?.userId });
    expect(await findUser(portal.services, 'olena@example.test')).toBeNull();
  });

  test('is the same for a known subject with the address of another user, who keeps it', async () => {
    await signIn(person('sub-1', 'olena@example.test'));
    const other = await addUser(portal.services);
    expect(await signIn(person('sub-1', other.email), new HandlerBrowser())).toBe('/account');
    expect(await sessionRows(portal.services, other.id)).toEqual([]);
    expect(await findUser(portal.services, other.email)).toMatchObject({ id: other.id });
    const [event] = (await readAuditLog(portal.services, { limit: 50 })).filter(({ facts }) => 'address' in facts);
    expect(event?.facts).toEqual({ address: 'conflict' });
  });

  test('is a new user for another subject with another address', async () => {
    await signIn(person('sub-1', 'olena@example.test'));
    await signIn(person('sub-2', 'ivan@example.test'), new HandlerBrowser());
    expect(await portal.services.db.$count(users)).toBe(2);
  });

  test('is the owner of the verified address for an unknown subject, which is then linked', async () => {
    const user = await addUser(portal.services);
    expect(await outcome(signIn(person('sub-1', user.email)))).toEqual(IN);
    await signIn(person('sub-1', 'olena.new@example.test'), new HandlerBrowser());
    expect(await sessionRows(portal.services, user.id)).toHaveLength(2);
  });
});

describe('an address that the provider has reassigned [T20]', () => {
  test('does not sign in the previous owner’s account', async () => {
    await signIn(person('sub-1', 'olena@example.test'));
    const other = new HandlerBrowser();
    const rejected = '/sign-in?error=OtherIdentity';
    expect(await signIn(person('sub-2', 'olena@example.test'), other)).toBe(rejected);
    expect(other.cookies.has(SESSION_COOKIE)).toBe(false);
    expect(await portal.services.db.$count(sessions)).toBe(1);
    expect(await signIn(person('sub-1', 'olena@example.test'), new HandlerBrowser())).toBe('/account');
  });

  test('signs in the own account of a known subject', async () => {
    await signIn(person('sub-1', 'olena@example.test'));
    await signIn(person('sub-2', 'ivan@example.test'), new HandlerBrowser());
    expect(await signIn(person('sub-2', 'olena@example.test'), new HandlerBrowser())).toBe('/account');
    expect(await portal.services.db.$count(users)).toBe(2);
  });
});

describe('a planted session cookie', () => {
  /** Suffixes that next-auth joins to a session, and similar ones. */
  const suffix = fc.oneof(
    fc.constantFrom('', '.0', '.1', '.00', '.-1', '.x', '.1.0', '-x', 'x', '.0x', '.99999999999999999999'),
    fc.stringMatching(/^[\w.!#$%&'*+^`|~-]{1,12}$/),
  );
  const name = fc
    .tuple(fc.constantFrom('', '__Secure-', '__Host-', '__Http-', '__HOST-'), suffix)
    .map(([prefix, end]) => `${prefix}next-auth.session-token${end}`);

  /** Plants the attacker's live session in the victim's browser. */
  async function plant(victim: HandlerBrowser, names: string[]) {
    const attacker = await addUser(portal.services);
    const { cookie } = await portalSignIn(portal.services, attacker.id);
    // The whole token under each name, or pieces that next-auth would join.
    for (const [index, one] of names.entries())
      victim.cookies.set(one, names.length > 2 ? piece(cookie, index, names.length) : cookie);
    return { attacker, cookie };
  }
  const piece = (text: string, index: number, count: number) => {
    const size = Math.ceil(text.length / count);
    return text.slice(index * size, (index + 1) * size);
  };

  test('gets no identity linked, and does not prevent the person’s own sign-in [T14]', async () => {
    await fc.assert(
      fc
        .asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), async (names) => {
          const victim = new HandlerBrowser();
          const { attacker, cookie } = await plant(victim, names);
          const replaced = victim.cookies.get(SESSION_COOKIE) === cookie;
          expect(await signIn(person('olena', 'olena@example.test'), victim)).toBe('/account');
          const own = victim.cookies.get(SESSION_COOKIE) ?? '';
          expect(own).not.toBe(cookie);
          expect(await findSession(portal.services, own)).toMatchObject({ email: 'olena@example.test' });
          expect(await listIdentities(portal.services, attacker.id)).toEqual([]);
          // A sign-in replaces the session in the browser's session cookie, and ends no other.
          expect(await sessionRows(portal.services, attacker.id)).toHaveLength(replaced ? 0 : 1);
        })
        .beforeEach(() => portal.empty()),
      { numRuns: 25, examples: [[[SESSION_COOKIE]]] },
    );
  }, 60_000);

  test('does not prevent the sign-in of a known user', async () => {
    expect(await signIn(person('olena', 'olena@example.test'))).toBe('/account');
    const victim = new HandlerBrowser();
    await plant(victim, [`${SESSION_COOKIE}.0`]);
    expect(await signIn(person('olena', 'olena@example.test'), victim)).toBe('/account');
    expect(await portal.services.db.$count(sessions)).toBe(3);
  });

  test('links no identity even if next-auth saw the cookie and the adapter returned its session [T14]', async () => {
    const victim = new HandlerBrowser();
    const { attacker, cookie } = await plant(victim, [SESSION_COOKIE]);
    const [row] = await sessionRows(portal.services, attacker.id);
    exposedSession = {
      session: { sessionToken: cookie, userId: attacker.id, expires: row?.expiresAt ?? new Date() },
      user: { id: attacker.id, email: attacker.email, emailVerified: null },
    };
    expect(await signIn(person('olena', 'olena@example.test'), victim)).toBe('/sign-in?error=Callback');
    expect(await listIdentities(portal.services, attacker.id)).toEqual([]);
    expect(victim.cookies.get(SESSION_COOKIE)).toBe(cookie);
  });
});

describe('signs in despite a planted cookie', () => {
  // The callback URL cookie is checked before next-auth reads it (lib/auth/cookies.test.ts).
  const { callbackUrl, ...seen } = signInCookies(false);
  const names = Object.values(seen).map((cookie) => cookie.name);
  const nonsense = ['nonsense', '%', 'a|b', 'javascript:alert(1)', '//evil.example', 'eyJhbGciOiJkaXIifQ..a.b.c', '{}'];

  test.each(names)('%s', async (name) => {
    for (const value of nonsense) {
      const victim = new HandlerBrowser();
      victim.cookies.set(name, encodeURIComponent(value));
      expect(await signIn(undefined, victim), value).toBe('/account');
    }
  });
});

test('sets a new session cookie at each sign-in', async () => {
  const other = new HandlerBrowser();
  await signIn();
  await signIn(undefined, other);
  expect(other.cookies.get(SESSION_COOKIE)).not.toBe(browser.cookies.get(SESSION_COOKIE));
  expect(await portal.services.db.$count(sessions)).toBe(2);
});

describe('checks the age of the authentication in the response [T13]', () => {
  test.each([['prompt'], ['max_age'], ['prompt', 'max_age']])(
    'and rejects an old one when the browser removed %s',
    async (...removed) => {
      const started = await start();
      for (const parameter of removed) started.searchParams.delete(parameter);
      // The provider's session is an hour old, and nothing requests a new login.
      const older = Math.floor(Date.now() / 1000) - 3600;
      const authTime = started.searchParams.has('max_age') || removed.length > 1 ? older : undefined;
      const error = authTime === undefined ? 'OAuthSetup' : 'OAuthCallback';
      const response = provider.respond(started, { token: { auth_time: authTime } });
      expect(await outcome(finish(response))).toEqual(refused(error));
    },
  );
});

describe('the session stores the method and time of the authentication', () => {
  const seconds = () => Math.floor(Date.now() / 1000);

  async function stored() {
    const [row] = await portal.services.db.select().from(sessions);
    return { provider: row?.provider, age: (Date.now() - Number(row?.authenticatedAt)) / 1000 };
  }

  test('from the provider’s `auth_time`', async () => {
    await signIn({ token: { auth_time: seconds() - 200 } });
    const { provider: by, age } = await stored();
    expect(by).toBe('oidc');
    expect(age).toBeGreaterThan(195);
    expect(age).toBeLessThan(290);
  });

  test('and replaces a future time by now', async () => {
    await signIn({ token: { auth_time: seconds() + 86_400 } });
    expect((await stored()).age).toBeGreaterThan(-60);
  });

  test('and ignores the `auth_time` of the userinfo', async () => {
    await signIn({ token: { auth_time: seconds() - 200 }, userinfo: { auth_time: seconds() } });
    expect((await stored()).age).toBeGreaterThan(195);
  });
});

test('limits the sessions of one person without affecting others [T34]', async () => {
  const { uses } = RATE_LIMITS['sign-in-account'];
  const pages = new Map<string, number>();
  for (let n = 0; n < uses + 10; n += 1) {
    const page = await signIn(undefined, new HandlerBrowser());
    pages.set(page, (pages.get(page) ?? 0) + 1);
  }
  // The first sign-in created the account and is not counted.
  expect(Object.fromEntries(pages)).toEqual({ '/account': uses + 1, '/sign-in?error=RateLimited': 9 });
  expect(await portal.services.db.$count(sessions)).toBe(uses + 1);
  expect(await signIn(person('ivan', 'ivan@example.test'), new HandlerBrowser())).toBe('/account');
});
