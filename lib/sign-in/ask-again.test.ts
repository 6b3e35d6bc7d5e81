// How the identity provider is asked to authenticate, and which sign-ins count as fresh, with OIDC_PROMPT=auto.
// ASVS 5.0: 6.8.4 7.5.3 7.6.1
import { describe, expect, test, vi } from 'vitest';
import { sessionCookieName, signedOutCookieName } from '@/lib/auth/cookies';
import { config } from '@/lib/config/config';
import { sessions } from '@/lib/db/schema';
import { findSession } from '@/lib/sessions/find';
import { HandlerBrowser } from '@/tests/next-request';
import type { ProviderResponse } from '@/tests/openid-provider';
import { openCallback, startSignIn, useSignIn } from '@/tests/sign-in';
import { askingFor } from './ask-again';

vi.mock('next/headers', () => import('@/tests/next-request'));
vi.mock('next-intl/server', () => import('@/tests/translations'));

const ORIGIN = 'http://localhost:3000';
const SESSION = sessionCookieName(false);
const MARK = signedOutCookieName(false);
const seconds = () => Math.floor(Date.now() / 1000);

const stage = useSignIn(ORIGIN);

const start = () => startSignIn(stage.browser, ORIGIN);

async function signIn(response: ProviderResponse = {}): Promise<string> {
  const page = await openCallback(stage.browser, stage.provider.respond(await start(), response));
  return page.pathname + (page.searchParams.has('error') ? `?error=${page.searchParams.get('error')}` : '');
}

/** Returns the parameters by which the provider is asked. */
async function asked() {
  const { searchParams } = await start();
  return ['prompt', 'max_age', 'acr_values'].map((name) => searchParams.get(name));
}

const isFresh = async () => (await findSession(stage.portal.services, stage.browser.cookies.get(SESSION)))?.fresh;

/** Marks the browser as signed out, as markSignedOut does. */
const signedOut = (at: number) => stage.browser.cookies.set(MARK, `${at}.state`);

describe('a sign-in counts as fresh by the ID token’s `auth_time` alone [T13]', () => {
  test.each<[string, ProviderResponse, boolean]>([
    ['a minute ago', { token: { auth_time: seconds() - 60 } }, true],
    ['of an hour ago', { token: { auth_time: seconds() - 3600 } }, false],
    ['of 1970', { token: { auth_time: 0 } }, false],
    ['not told', { token: { auth_time: undefined } }, false],
    ['told as text', { token: { auth_time: String(seconds()) } }, false],
    ['told by the userinfo', { token: { auth_time: undefined }, userinfo: { auth_time: seconds() } }, false],
  ])('%s', async (_, response, fresh) => {
    expect(await signIn(response)).toBe('/account');
    expect(await isFresh()).toBe(fresh);
  });

  test('and by its `acr`, where STEP_UP names one', async () => {
    const { stepUp } = config();
    stepUp.acr = 'two-factors';
    try {
      for (const [token, fresh] of [
        [{ acr: 'two-factors' }, true],
        [{ acr: 'password' }, false],
        [{}, false],
      ] as const) {
        stage.browser = new HandlerBrowser();
        await signIn({ token, userinfo: { acr: 'two-factors' } });
        expect(await isFresh()).toBe(fresh);
      }
      expect(await asked()).toEqual(['login', '300', 'two-factors']);
    } finally {
      stepUp.acr = null;
    }
  });
});

describe('the provider is asked to authenticate anew [T13, T41]', () => {
  test('not by default, so that its own session is enough', async () => {
    expect(await asked()).toEqual([null, String(12 * 3600), null]);
  });

  test('in a browser that is signed in, to prove who the person is', async () => {
    await signIn();
    expect(await asked()).toEqual(['login', '300', null]);
    expect(await signIn({ token: { auth_time: seconds() - 3600 } })).toBe('/sign-in?error=OAuthCallback');
    expect(await stage.portal.services.db.$count(sessions)).toBe(1);
  });

  test('after a sign-out in this stage.browser, once', async () => {
    signedOut(seconds());
    expect(await asked()).toEqual(['login', '300', null]);
    expect(await signIn()).toBe('/account');
    stage.browser.cookies.delete(SESSION);
    expect(await asked()).toEqual([null, String(12 * 3600), null]);
  });

  test('and its session from before the sign-out does not sign in', async () => {
    signedOut(seconds() - 100);
    expect(await signIn({ token: { auth_time: seconds() - 3600 } })).toBe('/sign-in?error=NotAskedAgain');
    expect(await stage.portal.services.db.$count(sessions)).toBe(0);
    expect(await signIn({ token: { auth_time: seconds() - 90 } })).toBe('/account');
  });

  test.each([undefined, 0])('and a provider whose `auth_time` is %s cannot tell', async (auth_time) => {
    signedOut(seconds() - 100);
    expect(await signIn({ token: { auth_time } })).toBe('/account');
  });

  test.each([
    ['login', 'login'],
    ['select_account', 'select_account'],
    ['consent', 'consent'],
    ['off', 'off'],
  ] as const)('with OIDC_PROMPT=%s after a sign-out by prompt %s and `max_age`', (prompt, expected) => {
    expect(askingFor({ prompt }, false, seconds())).toMatchObject({ prompt: expected, maxAge: 300 });
  });
});
