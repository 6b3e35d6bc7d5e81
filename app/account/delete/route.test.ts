// ASVS 5.0: 7.5.3
import { NextRequest } from 'next/server';
import { beforeEach, expect, test, vi } from 'vitest';
import { sessionCookieName, signedOutCookieName } from '@/lib/auth/cookies';
import { users } from '@/lib/db/schema';
import { HandlerBrowser } from '@/tests/next-request';
import { addUser, sessionRows, signIn, useLonePortal } from '@/tests/portal';
import { POST } from './route';

vi.mock('next/headers', () => import('@/tests/next-request'));
vi.mock('next-intl/server', () => import('@/tests/translations'));

const ORIGIN = 'http://localhost:3000';
const MINUTE = 60;

const portal = useLonePortal();
let browser: HandlerBrowser;
let userId: string;

beforeEach(async () => {
  browser = new HandlerBrowser();
  userId = (await addUser(portal.services)).id;
});

/** Presses "Delete" in a session whose authentication is this old. @returns the path that follows. */
async function press(provider: 'oidc' | 'email', ageSeconds: number): Promise<string> {
  const authTime = Math.floor(Date.now() / 1000) - ageSeconds;
  const { cookie } = await signIn(portal.services, userId, { provider, authTime });
  browser.cookies.set(sessionCookieName(false), cookie);
  const headers = { origin: ORIGIN };
  const body = new URLSearchParams({ confirm: 'yes' });
  const request = new NextRequest(`${ORIGIN}/account/delete`, { method: 'POST', headers, body });
  const response = await browser.call(headers, () => POST(request));
  return response.headers.get('location')?.replace(ORIGIN, '') ?? '';
}

async function isDeleted(): Promise<boolean> {
  const rows = await portal.services.db.select().from(users);
  return rows.find(({ id }) => id === userId)?.deletedAt !== null;
}

test.each(['oidc', 'email'] as const)(
  'an old sign-in (%s) must be renewed before the account is deleted [T13]',
  async (provider) => {
    expect(await press(provider, 16 * MINUTE)).toBe('/sign-in?callbackUrl=%2Faccount%2Fdetails&again');
    expect(await isDeleted()).toBe(false);
    expect(await sessionRows(portal.services, userId)).toHaveLength(1);
  },
);

test('a fresh sign-in deletes it, and the browser’s next sign-in asks for the password again [T41]', async () => {
  expect(await press('oidc', MINUTE)).toBe('/sign-in?deleted');
  expect(await isDeleted()).toBe(true);
  expect(browser.cookies.has(signedOutCookieName(false))).toBe(true);
});
