// ASVS 5.0: 3.3.1 3.3.2 3.3.3 3.3.4 6.3.2 6.5.5 7.2.3 7.2.4
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { LINK_MINUTES } from '@/lib/mail/link-minutes';
import { authOptions } from '@/lib/sign-in/options';
import { useLonePortal } from '@/tests/portal';
import {
  clearedSessionCookie,
  clearForeignCallbackUrl,
  clearSessionCookies,
  pressedCookie,
  sessionCookieName,
  signInCookies,
} from './cookies';

const portal = useLonePortal();

// The first test of this file: the database is still new.
test('a new portal has no user, no account and no session', async () => {
  for (const table of ['users', 'accounts', 'sessions']) {
    const { rows } = (await portal.services.db.execute(
      sql`select count(*)::int as held from ${sql.identifier(table)}`,
    )) as unknown as { rows: { held: number }[] };
    expect(rows, table).toEqual([{ held: 0 }]);
  }
});

test('generates session tokens of 256 random bits, each one different', async () => {
  const generate = authOptions().session?.generateSessionToken;
  const names = await Promise.all(Array.from({ length: 1000 }, () => generate?.()));
  for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(new Set(names).size).toBe(1000);
});

test('limits a sign-in link to ten minutes', () => {
  expect(LINK_MINUTES).toBeLessThanOrEqual(10);
  const mail = authOptions().providers.find(({ id }) => id === 'email');
  expect(mail).toMatchObject({ maxAge: LINK_MINUTES * 60 });
});

test('restricts every sign-in cookie on https to this host and to the server', () => {
  const cookies = Object.values(signInCookies(true));
  expect(cookies.length).toBeGreaterThan(0);
  for (const { name, options } of cookies) {
    expect(name).toMatch(/^__Host-/);
    expect(options, name).toMatchObject({ httpOnly: true, secure: true, path: '/', sameSite: 'lax' });
    expect(options, name).not.toHaveProperty('domain');
  }
});

test('restricts the cookie of "Buy crypto" and the cleared session cookie to this host; the first is strict', () => {
  for (const cookie of [pressedCookie(true, 'x'), clearedSessionCookie(true)]) {
    expect(cookie.name).toMatch(/^__Host-/);
    expect(cookie, cookie.name).toMatchObject({ httpOnly: true, secure: true, path: '/' });
    expect(cookie, cookie.name).not.toHaveProperty('domain');
  }
  expect(pressedCookie(true, 'x').sameSite).toBe('strict');
  expect(clearedSessionCookie(true)).toMatchObject({ name: signInCookies(true).sessionToken.name, maxAge: 0 });
});

test('next-auth uses these cookies and no others', () => {
  expect(authOptions().cookies).toEqual(signInCookies(false));
  // The others of next-auth, for state, nonce and PKCE, are not used: each attempt has its own (lib/sign-in/attempts.ts).
  expect(Object.keys(signInCookies(true)).sort()).toEqual(['sessionToken', 'callbackUrl', 'csrfToken'].sort());
});

describe('deletes every cookie that next-auth would join to a session', () => {
  /** Returns a cookie jar like Next's, which reads back what was set. */
  function jarOf(cookies: Record<string, string>) {
    const held = new Map(Object.entries(cookies).map(([name, value]) => [name, { name, value }]));
    return {
      getAll: () => [...held.values()],
      set: vi.fn((cookie: { name: string; value: string }) => held.set(cookie.name, cookie)),
    };
  }

  test.each([true, false])('with any suffix of the name (https: %s) [T14]', (secure) => {
    const own = sessionCookieName(secure);
    const name = fc
      .tuple(fc.constantFrom(own, 'next-auth.session-token', '__Secure-next-auth.session-token'), fc.string())
      .map(([start, end]) => start + end.replace(/[;=\s\p{C}]/gu, ''));
    fc.assert(
      fc.property(fc.uniqueArray(name), fc.boolean(), (names, signedIn) => {
        const planted = Object.fromEntries(names.filter((one) => one !== own).map((one) => [one, 'planted']));
        const jar = jarOf({ ...planted, ...(signedIn && { [own]: 'own' }), theme: 'dark' });
        expect(clearSessionCookies(jar, secure)).toBe(signedIn ? 'own' : undefined);
        const left = jar.getAll().filter(({ value }) => value);
        expect(left.map(({ name: one }) => one)).toEqual(['theme']);
        for (const [cookie] of jar.set.mock.calls) {
          expect(cookie).toMatchObject({ value: '', maxAge: 0, path: '/' });
          // Browsers ignore a prefixed cookie without `Secure` (RFC 6265bis 4.1.3).
          if (cookie.name.startsWith('__')) expect(cookie).toMatchObject({ secure: true });
        }
      }),
    );
  });

  test.each([
    ['nonsense', false],
    ['javascript:alert(1)', false],
    ['https://evil.example/account', false],
    ['http://localhost:3000.evil.example/account', false],
    ['http://localhost:3000//evil.example', false],
    ['http://localhost:3000/account/buy?from=1', true],
  ])('keeps the callback URL %s: %s', (value, kept) => {
    const name = 'next-auth.callback-url';
    const jar = jarOf({ [name]: value });
    clearForeignCallbackUrl(jar, false, 'http://localhost:3000');
    expect(jar.getAll().find((cookie) => cookie.name === name)?.value).toBe(kept ? value : '');
  });
});
