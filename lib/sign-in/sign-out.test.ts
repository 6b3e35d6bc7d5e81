// ASVS 5.0: 7.4.1 7.6.1 10.5.5
import { NextRequest } from 'next/server';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { sessionCookieName, signedOutCookieName } from '@/lib/auth/cookies';
import { config } from '@/lib/config/config';
import { singleton } from '@/lib/singleton';
import { type LogoutProvider, startLogoutProvider } from '@/tests/logout-provider';
import { HandlerBrowser } from '@/tests/next-request';
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
import { signedOutAt } from './ask-again';
import { finishSignOut, signOut } from './sign-out';

vi.mock('next/headers', () => import('@/tests/next-request'));
vi.mock('next-intl/server', () => import('@/tests/translations'));

const CLIENT_ID = 'partner-portal';
const ORIGIN = 'http://localhost:3000';
const HERE = `${ORIGIN}/sign-in?signed-out`;
const MARK = signedOutCookieName(false);

let provider: LogoutProvider;
let portal: Portal;
let browser: HandlerBrowser;
let userId: string;

beforeAll(async () => {
  provider = await startLogoutProvider(CLIENT_ID);
  portal = await startPortal({ apiUrl: NO_LISTENER, widgetUrl: `${NO_LISTENER}/` }, undefined, {
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT_ID,
  });
});
beforeEach(async () => {
  forgetProvider();
  Object.assign(provider, { down: false, silent: false });
  browser = new HandlerBrowser();
  userId = (await addUser(portal.services)).id;
  await linkCustomer(portal.services, userId);
});
afterAll(async () => {
  provider?.close();
  await portal?.close();
});

/** Makes the process know nothing of the provider, as after a start. */
function forgetProvider(): void {
  singleton<{ current: unknown }>('identity-provider', () => ({ current: null })).current = null;
}

/** Signs the browser in and presses "Sign out". */
async function press(method: 'oidc' | 'email' = 'oidc', fields: Record<string, string> = {}): Promise<Response> {
  const { cookie } = await signIn(portal.services, userId, { provider: method, authTime: null });
  browser.cookies.set(sessionCookieName(false), cookie);
  return post(fields);
}

function post(fields: Record<string, string> = {}): Promise<Response> {
  const headers = { origin: ORIGIN };
  const request = new NextRequest(`${ORIGIN}/sign-out`, { method: 'POST', headers, body: new URLSearchParams(fields) });
  return browser.call(headers, () => signOut(request));
}

const comeBack = (state: string | null) => {
  const query = state === null ? '' : `?${new URLSearchParams({ state })}`;
  return browser.call({}, () => finishSignOut(new NextRequest(`${ORIGIN}/sign-out/done${query}`)));
};

const isMarked = async () => (await browser.call({}, signedOutAt)) !== null;

/** Returns the provider's address to which a page leads, or null. */
async function targetOf(response: Response): Promise<URL | null> {
  const href = /http-equiv="refresh" content="0;url=([^"]+)"/.exec(await response.clone().text())?.[1];
  return href ? new URL(href.replaceAll('&amp;', '&')) : null;
}

async function expectSignedOutHere(): Promise<void> {
  expect(await sessionRows(portal.services, userId)).toEqual([]);
  expect(await authorisationRow(portal.services, userId)).toMatchObject({ epoch: 1, lastReason: 'signed-out' });
  expect(browser.cookies.has(sessionCookieName(false))).toBe(false);
}

describe('signing out', () => {
  test('is stored here, then goes on to the provider with what it needs to lead back, and with no token', async () => {
    const response = await press();
    await expectSignedOutHere();
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('clear-site-data')).toContain('"storage"');
    const target = await targetOf(response);
    expect(target?.href.split('?')[0]).toBe(`${provider.issuer}/end`);
    expect(Object.fromEntries(target?.searchParams ?? [])).toEqual({
      client_id: CLIENT_ID,
      post_logout_redirect_uri: `${ORIGIN}/sign-out/done`,
      state: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  test('keeps the parameters of the provider’s own address', async () => {
    const { metadata } = provider;
    provider.metadata = { ...metadata, end_session_endpoint: `${provider.issuer}/end?tenant=1` };
    const target = await targetOf(await press());
    provider.metadata = metadata;
    expect(target?.searchParams.get('tenant')).toBe('1');
  });

  test('everywhere ends every session, and goes on to the provider', async () => {
    await signIn(portal.services, userId);
    expect(await targetOf(await press('oidc', { where: 'everywhere' }))).not.toBeNull();
    await expectSignedOutHere();
  });

  test('stays here after a sign-in by a link', async () => {
    const response = await press('email');
    await expectSignedOutHere();
    expect(response.headers.get('location')).toBe(HERE);
  });

  test('stays here without a session', async () => {
    expect((await post()).headers.get('location')).toBe(HERE);
    browser.cookies.set(sessionCookieName(false), 'of an ended session');
    expect((await post()).headers.get('location')).toBe(HERE);
  });

  test.each([
    ['that is down', () => Object.assign(provider, { down: true })],
    ['that does not answer', () => Object.assign(provider, { silent: true })],
  ])('does not wait long for a provider %s', async (_what, fail) => {
    fail();
    const began = performance.now();
    const response = await press();
    expect(performance.now() - began).toBeLessThan(4_000);
    await expectSignedOutHere();
    expect(response.headers.get('location')).toBe(HERE);
  });

  test('uses what the provider said before it went down', async () => {
    await press();
    provider.down = true;
    expect(await targetOf(await press())).not.toBeNull();
  });

  test.each([
    ['no end_session_endpoint', { end_session_endpoint: undefined }],
    ['one that is no https', { end_session_endpoint: 'http://bank.example/end' }],
    ['one that is no address', { end_session_endpoint: 'javascript:alert(1)' }],
  ])('stays here when the metadata has %s', async (_what, change) => {
    const { metadata } = provider;
    provider.metadata = { ...metadata, ...change };
    const response = await press();
    provider.metadata = metadata;
    expect(response.headers.get('location')).toBe(HERE);
  });

  test('stays here when the metadata is another issuer’s', async () => {
    const { metadata } = provider;
    provider.metadata = { ...metadata, issuer: 'https://other.example' };
    const response = await press();
    provider.metadata = metadata;
    expect(response.headers.get('location')).toBe(HERE);
  });

  test('stays here with OIDC_LOGOUT=off', async () => {
    const { oidc } = config();
    if (!oidc) throw new Error('no provider');
    oidc.logout = 'off';
    const response = await press();
    oidc.logout = 'auto';
    await expectSignedOutHere();
    expect(response.headers.get('location')).toBe(HERE);
  });

  test('goes nowhere when the end could not be stored', async () => {
    const { db } = portal.services;
    await db.execute('alter table authorisations add constraint broken check (epoch < 1) not valid');
    await expect(
      press().finally(() => db.execute('alter table authorisations drop constraint broken')),
    ).rejects.toThrow();
    expect(await sessionRows(portal.services, userId)).toHaveLength(1);
    expect(browser.cookies.has(sessionCookieName(false))).toBe(true);
    expect(browser.cookies.has(MARK)).toBe(false);
  });
});

describe('the browser remembers an explicit sign-out, so that the next sign-in asks again [T41]', () => {
  test('until the provider leads back with its state', async () => {
    const state = (await targetOf(await press()))?.searchParams.get('state') ?? '';
    expect(await isMarked()).toBe(true);
    for (const wrong of [null, '', 'x', `${state}x`, state.slice(1)]) {
      expect((await comeBack(wrong)).headers.get('location')).toBe(HERE);
      expect(await isMarked()).toBe(true);
    }
    expect((await comeBack(state)).headers.get('location')).toBe(HERE);
    expect(await isMarked()).toBe(false);
  });

  test('whether or not the provider can end its session', async () => {
    provider.down = true;
    await press();
    expect(await isMarked()).toBe(true);
  });

  test('and reads nothing from a cookie that it did not write', async () => {
    for (const value of ['', 'yes', '.', 'x.y', '-1.s', '9'.repeat(20)]) {
      browser.cookies.set(MARK, value);
      expect(await isMarked()).toBe(false);
      await comeBack('');
    }
  });
});
