// Several sign-ins at the identity provider in one browser: tabs, Back, deep links. ASVS 5.0: 10.1.2 10.2.1
import { afterEach, describe, expect, test, vi } from 'vitest';
import { sessionCookieName } from '@/lib/auth/cookies';
import { sessions, users } from '@/lib/db/schema';
import { openCallback, startSignIn, useSignIn } from '@/tests/sign-in';

vi.mock('next/headers', () => import('@/tests/next-request'));
vi.mock('next-intl/server', () => import('@/tests/translations'));

const ORIGIN = 'http://localhost:3000';
const [ACTIVITY, BUY] = ['/account/activity?type=Deposit', '/account/buy'];

const stage = useSignIn(ORIGIN);
afterEach(() => vi.useRealTimers());

/** Starts in a tab. @returns what finishes it: the provider's redirect. */
const open = async (callbackUrl: string) =>
  stage.provider.respond(await startSignIn(stage.browser, ORIGIN, callbackUrl));

/** Opens the provider's redirect. @returns the path of the page. */
async function finish(back: URL): Promise<string> {
  const page = await openCallback(stage.browser, back);
  return page.href.replace(ORIGIN, '');
}

const stored = async () => ({
  sessions: await stage.portal.services.db.$count(sessions),
  users: await stage.portal.services.db.$count(users),
});

const attempts = () => [...stage.browser.cookies.keys()].filter((name) => name.startsWith('sign-in-attempt.'));

describe('two tabs', () => {
  test.each([
    ['the first', [0, 1]],
    ['the last', [1, 0]],
  ])('both sign in, each to its own page, when %s finishes first, and one session remains', async (_, order) => {
    const tabs = [
      { back: await open(ACTIVITY), page: ACTIVITY },
      { back: await open(BUY), page: BUY },
    ];
    for (const index of order) expect(await finish(tabs[index]?.back as URL)).toBe(tabs[index]?.page);
    expect(await stored()).toEqual({ sessions: 1, users: 1 });
    expect(attempts()).toEqual([]);
  });

  test('one is cancelled, the other signs in', async () => {
    const [cancelled, other] = [await open(ACTIVITY), await open(BUY)];
    cancelled.searchParams.delete('code');
    cancelled.searchParams.set('error', 'access_denied');
    const again = `/sign-in?${new URLSearchParams({ callbackUrl: ACTIVITY, error: 'OAuthCancelled' })}`;
    expect(await finish(cancelled)).toBe(again);
    expect(await finish(other)).toBe(BUY);
  });

  test('responses cannot be exchanged: the code of one with the state of the other', async () => {
    const [first, second] = [await open(ACTIVITY), await open(BUY)];
    const mixed = new URL(first);
    mixed.searchParams.set('code', second.searchParams.get('code') ?? '');
    expect(await finish(mixed)).toContain('error=OAuthCallback');
    expect(await stored()).toEqual({ sessions: 0, users: 0 });
  });
});

test('a failed sign-in leads back to the page that was asked for, and the next one there', async () => {
  const back = await open(BUY);
  back.searchParams.set('iss', 'https://other.example.test');
  const failed = new URL(await finish(back), ORIGIN);
  expect(failed.searchParams.get('error')).toBe('OAuthSetup');
  expect(await finish(await open(failed.searchParams.get('callbackUrl') ?? ''))).toBe(BUY);
});

test('a provider that cannot be reached at the start leads back to the page that was asked for', async () => {
  stage.provider.behaviour.fails = { '/.well-known/openid-configuration': Array(2).fill({ status: 503, error: 'x' }) };
  const page = await startSignIn(stage.browser, ORIGIN, BUY);
  expect(page.pathname + page.search).toBe(
    `/sign-in?${new URLSearchParams({ callbackUrl: BUY, error: 'OAuthSignin' })}`,
  );
  stage.provider.reset();
  expect(attempts()).toEqual([]);
});

test('Back to a finished sign-in leads on, without another session', async () => {
  const back = await open(BUY);
  await finish(back);
  const session = stage.browser.cookies.get(sessionCookieName(false));
  expect(await finish(back)).toBe(BUY);
  expect(stage.browser.cookies.get(sessionCookieName(false))).toBe(session);
  expect(await stored()).toEqual({ sessions: 1, users: 1 });
});

test('a person who is signed in must authenticate anew, whatever OIDC_PROMPT says', async () => {
  await finish(await open(BUY));
  const again = await startSignIn(stage.browser, ORIGIN, '/operator');
  expect(Object.fromEntries(again.searchParams)).toMatchObject({ prompt: 'login', max_age: '300' });
});

test('the cookie of an attempt tells nothing of it, and keeps to its state', async () => {
  const [first, second] = [await open(BUY), await open(ACTIVITY)];
  const [a = '', b = ''] = attempts();
  for (const name of [a, b]) {
    const cookie = name + stage.browser.cookies.get(name);
    for (const secret of [first, second].map(({ searchParams }) => searchParams.get('state') ?? ''))
      expect(cookie).not.toContain(secret);
    expect(cookie).not.toContain('account');
  }
  // Put under the other's name it does not open.
  const value = stage.browser.cookies.get(a) ?? '';
  stage.browser.cookies.set(b, value);
  expect(await finish(second)).toContain('error=OAuthCallback');
  expect(await finish(first)).toBe(BUY);
});

test('a browser keeps five attempts, and forgets the oldest', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const backs: URL[] = [];
  for (let n = 0; n < 6; n += 1) {
    vi.setSystemTime(Date.now() + 1000);
    backs.push(await open(BUY));
  }
  expect(attempts()).toHaveLength(5);
  expect(await finish(backs[0] as URL)).toContain('error=OAuthCallback');
  expect(await finish(backs[1] as URL)).toBe(BUY);
});

test('an attempt is over after a quarter of an hour', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const [early, late] = [await open(BUY), await open(BUY)];
  vi.setSystemTime(Date.now() + 14 * 60_000);
  expect(await finish(early)).toBe(BUY);
  stage.browser.cookies.delete(sessionCookieName(false));
  vi.setSystemTime(Date.now() + 2 * 60_000);
  expect(await finish(late)).toContain('error=OAuthCallback');
});
