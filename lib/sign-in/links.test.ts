import { beforeEach, expect, test, vi } from 'vitest';
import { linkAddressCookieName } from '@/lib/auth/cookies';
import { HandlerBrowser } from '@/tests/next-request';
import { lastLinkRequest, rememberLinkRequest } from './links';

vi.mock('next/headers', () => import('@/tests/next-request'));
vi.mock('@/lib/config/config', () => ({
  config: () => ({
    secure: false,
    secret: 'a secret of at least thirty-two characters',
    portalOrigin: 'http://localhost:3000',
    piiKeys: [{ kid: '1', key: Buffer.alloc(32, 7) }],
  }),
}));

const ADDRESS = linkAddressCookieName(false);
let browser: HandlerBrowser;
beforeEach(() => {
  browser = new HandlerBrowser();
});

const remember = (email: string, path = '/account') => browser.call({}, () => rememberLinkRequest(email, path));
const last = () => browser.call({}, lastLinkRequest);

test('remembers the address of the last link in this browser, where neither it nor the way back can be read', async () => {
  expect(await last()).toBeNull();
  await remember('first@example.com');
  await remember('second@example.com', '/account/buy');
  expect(await last()).toEqual({ email: 'second@example.com', callbackPath: '/account/buy', at: expect.any(Number) });
  for (const value of browser.cookies.values()) {
    expect(value).not.toMatch(/second|example|buy/);
    expect(Buffer.from(value.split('.').at(-2) ?? '', 'base64url').toString()).not.toMatch(/second|example|buy/);
  }
});

test.each(['', 'v1.other.AAAA.AAAA.AAAA', 'second@example.com'])('ignores the cookie %j', async (value) => {
  browser.cookies.set(ADDRESS, value);
  expect(await last()).toBeNull();
});

test('never leads outside the portal', async () => {
  await remember('first@example.com', 'https://other.example/account');
  expect((await last())?.callbackPath).toBe('/account');
});
