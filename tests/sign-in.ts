import { NextRequest } from 'next/server';
import { GET } from '@/app/api/auth/[...nextauth]/route';
import { POST as startOidc } from '@/app/sign-in/oidc/route';
import type { HandlerBrowser } from './next-request';

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
