import { NextRequest } from 'next/server';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { GET } from '@/app/api/auth/[...nextauth]/route';
import { POST as startOidc } from '@/app/sign-in/oidc/route';
import { rateLimits } from '@/lib/db/schema';
import { HandlerBrowser } from './next-request';
import { type OpenIdProvider, settingsFor, startOpenIdProvider } from './openid-provider';
import { NO_LISTENER, type Portal, startPortal } from './portal';

// A browser's sign-in at the identity provider, by the portal's own routes. Use with the mocks of next/headers and
// next-intl/server (./next-request, ./translations).

/** "Continue with …". @returns where it leads: an address of the provider, or a page of the portal. */
export async function startSignIn(browser: HandlerBrowser, origin: string, callbackUrl = '/account'): Promise<URL> {
  const headers = { origin };
  const request = new NextRequest(`${origin}/sign-in/oidc`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ callbackUrl }),
  });
  const response = await browser.call(headers, () => startOidc(request));
  const location = response.headers.get('location');
  if (location) return new URL(location);
  return new URL(/href="(http[^"]+)"/.exec(await response.text())?.[1]?.replaceAll('&amp;', '&') ?? '');
}

/** Opens the provider's redirect. @returns the page it leads to. */
export async function openCallback(browser: HandlerBrowser, back: URL): Promise<URL> {
  const request = new NextRequest(back);
  const nextauth = back.pathname.replace('/api/auth/', '').split('/');
  const response = await browser.call({}, () => GET(request, { params: Promise.resolve({ nextauth }) }));
  return new URL(response.headers.get('location') ?? '', back);
}

/** What the tests of a file share. */
interface SignInStage {
  provider: OpenIdProvider;
  portal: Portal;
  /** A new browser for each test. */
  browser: HandlerBrowser;
}

/**
 * Starts an identity provider and a portal for the tests of a file. Empties both before each test.
 * @param more environment variables that override the samples.
 */
export function useSignIn(origin: string, more: Record<string, string> = {}): SignInStage {
  const stage = {} as SignInStage;
  beforeAll(async () => {
    stage.provider = await startOpenIdProvider();
    const neighbours = { apiUrl: NO_LISTENER, widgetUrl: `${NO_LISTENER}/` };
    const settings = { NEXTAUTH_URL: origin, ...settingsFor(stage.provider), ...more };
    stage.portal = await startPortal(neighbours, undefined, settings);
  });
  beforeEach(async () => {
    stage.browser = new HandlerBrowser();
    stage.provider.reset();
    await stage.portal.empty();
    await stage.portal.services.db.delete(rateLimits);
  });
  afterAll(async () => {
    stage.provider?.close();
    await stage.portal?.close();
  });
  return stage;
}
