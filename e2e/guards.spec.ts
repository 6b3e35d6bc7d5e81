// Sends forbidden requests directly.
// ASVS 5.0: 1.2.2 3.2.1 3.3.2 3.3.4 3.5.1 3.5.3 3.7.2 7.4.1 7.6.2 8.3.1 14.2.2
import { expect, test } from '@playwright/test';
import { openWidget, portalCookie, readyToBuy } from './portal';
import { customersOf, pathsOf, person } from './sandbox';
import { PORTAL, SANDBOX } from './stack';

test('the frame answers only a same-origin iframe of a live session [T2]', async ({ page, request }) => {
  const { sub, email } = person(40);
  await readyToBuy(page, sub);
  const frame = (headers: Record<string, string>) =>
    page.request.get('/account/buy/frame', { headers, maxRedirects: 0 });
  const iframe = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'iframe' };
  expect((await frame({})).status()).toBe(403);
  expect((await frame({ ...iframe, 'sec-fetch-site': 'cross-site' })).status()).toBe(403);
  expect((await frame({ ...iframe, 'sec-fetch-dest': 'document' })).status()).toBe(403);
  expect((await frame({ ...iframe, 'user-agent': 'x'.repeat(9000) })).status()).toBe(400);
  expect(await pathsOf(email)).not.toContain('/v2/ramp/token');

  const opened = await frame(iframe);
  expect(opened.status()).toBe(303);
  expect(opened.headers()['cache-control']).toBe('no-store');
  expect(opened.headers().location).toContain('refreshToken=');
  const anonymous = await request.get('/account/buy/frame', { headers: iframe, maxRedirects: 0 });
  expect(anonymous.status()).toBe(401);
});

test('a browser without Fetch Metadata opens the widget from our page alone [T2]', async ({ page, context }) => {
  const { sub } = person(141);
  await readyToBuy(page, sub);
  const frame = (headers: Record<string, string> = {}) =>
    page.request.get('/account/buy/frame', { headers, maxRedirects: 0 });
  for (const referer of ['https://evil.example/', `${PORTAL.origin}.evil.example/`, 'null'])
    expect((await frame({ referer })).status(), referer).toBe(403);
  const fromOurPage = await frame({ referer: `${PORTAL.origin}/account/buy` });
  expect(fromOurPage.status()).toBe(303);
  expect(fromOurPage.headers().location).toContain('refreshToken=');

  // A browser that hides the `Referer` too: the cookie of "Buy crypto" allows one frame.
  const hidden = await frame({ 'accept-language': 'en' });
  expect(hidden.status()).toBe(403);
  expect(await hidden.text()).toContain('press “Buy crypto” again');
  await page.route('**/account/buy/frame', (route) => route.abort());
  await page.getByRole('button', { name: 'Buy crypto' }).click();
  await page.waitForURL('**/account/buy');
  const proof = await portalCookie(context, 'buy-pressed');
  expect(proof).toMatchObject({ sameSite: 'Strict', httpOnly: true });
  const agent = await page.evaluate(() => navigator.userAgent);
  expect((await frame({ referer: 'https://evil.example/', 'user-agent': agent })).status()).toBe(403);
  expect((await frame({ 'user-agent': agent })).status()).toBe(303);
  expect((await frame({ 'user-agent': agent })).status()).toBe(403);
});

test('the widget accepts the token of a browser whose user agent is long, or not of ASCII', async ({ page }) => {
  const { sub } = person(142);
  await readyToBuy(page, sub);
  const chrome = await page.evaluate(() => navigator.userAgent);
  const agents = [
    `${chrome} ${'Instagram 300.0.0.0 '.repeat(60)}`.trim(),
    `${chrome} 红米 Note/12`,
    `${chrome} Téléphone`,
    `${chrome} ${'红米'.repeat(1000)}`,
  ].map((text) => Buffer.from(text).toString('latin1'));
  for (const agent of [...agents, `${chrome} caf\u00e9`]) {
    const headers = { 'user-agent': agent, 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'iframe' };
    const frame = await page.request.get('/account/buy/frame', { headers, maxRedirects: 0 });
    expect(frame.status(), agent).toBe(303);
    const widget = await page.request.get(frame.headers().location ?? '', { headers: { 'user-agent': agent } });
    expect(await widget.text(), agent).toContain('Buy crypto');
  }
});

test('a script of the page cannot follow the frame [T5]', async ({ page }) => {
  await readyToBuy(page, person(41).sub);
  await openWidget(page);
  const attempt = await page.evaluate(async () => {
    const response = await fetch('/account/buy/frame', { redirect: 'follow' }).catch(() => null);
    return { status: response?.status ?? null, url: response?.url ?? '' };
  });
  expect(attempt).toEqual({ status: 403, url: `${PORTAL.origin}/account/buy/frame` });
});

test('nothing changes without the portal’s own origin [T11, T13]', async ({ page, context }) => {
  const { sub, email } = person(42);
  await readyToBuy(page, sub);
  const cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const foreign: Record<string, string>[] = [
    {},
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { 'sec-fetch-site': 'cross-site' },
  ];
  for (const headers of foreign) {
    for (const path of [
      '/sign-out',
      '/api/auth/signout',
      '/sign-in/oidc',
      '/account',
      '/account/buy',
      '/api/auth/session',
      '/api/auth/callback/email',
    ]) {
      const response = await fetch(PORTAL.origin + path, {
        method: 'POST',
        headers: { cookie: cookies, ...headers },
      });
      expect(response.status, `${path} ${JSON.stringify(headers)}`).toBe(403);
    }
  }
  await page.goto('/account');
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
  expect(await pathsOf(email)).toEqual(['/v2/customer/create']);
});

test('a copied session cookie is refused after signing out by either route [T15]', async ({ page, context }) => {
  for (const path of ['/sign-out', '/api/auth/signout']) {
    await readyToBuy(page, person(43).sub);
    const cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const headers = { cookie: cookies, origin: PORTAL.origin };
    const get = (address: string) => fetch(PORTAL.origin + address, { headers, redirect: 'manual' });
    expect((await get('/account')).status).toBe(200);
    const signedOut = await fetch(PORTAL.origin + path, { method: 'POST', headers, redirect: 'manual' });
    // The page that leads on to the provider's sign-out.
    expect(await signedOut.text()).toContain(`${SANDBOX.identityProvider}/session/end`);
    expect((await get('/account')).status).toBe(307);
    expect((await get('/api/account/status')).status).toBe(401);
    expect(await (await get('/api/auth/session')).json()).toEqual({});
    await context.clearCookies();
  }
});

test('polled endpoints answer 401 after signing out, and next-auth’s log endpoint is closed [T34]', async ({
  request,
}) => {
  expect((await request.get('/api/account/status')).status()).toBe(401);
  expect((await request.get('/api/account/holdings')).status()).toBe(401);
  expect((await request.post('/api/auth/_log', { headers: { origin: PORTAL.origin }, data: {} })).status()).toBe(404);
  expect((await request.get('/api/health/live')).status()).toBe(200);
  expect((await request.get('/api/health/ready')).status()).toBe(200);
  expect((await request.get('/nowhere')).status()).toBe(404);
});

test('signing in never leads to another site [T18]', async ({ page }) => {
  for (const evil of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
    await page.goto(`/sign-in?callbackUrl=${encodeURIComponent(evil)}`);
    await expect(page.locator('input[name=callbackUrl]').first()).toHaveValue('/account');
  }
});

test('the session cookie is HttpOnly and SameSite=Lax, and next-auth’s own cookies too', async ({ page, context }) => {
  await readyToBuy(page, person(44).sub);
  const session = await portalCookie(context, 'next-auth.session-token');
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
  for (const cookie of await context.cookies()) expect(cookie.httpOnly, cookie.name).toBe(true);
});

test('no field of a request gives a user more rights [T13]', async ({ page }) => {
  await readyToBuy(page, person(73).sub);
  const session = await (await page.request.get('/api/auth/session')).json();
  const more = { role: 'operator', customerId: 'x', email: 'operator@example.com', emailVerified: true };
  const headers = { origin: PORTAL.origin };
  const updated = await page.request.post('/api/auth/session', { data: { data: more }, headers });
  expect(await updated.json()).toEqual(session);
  await page.goto('/account/details');
  await page.evaluate((fields) => {
    const form = document.querySelector('input[name=firstName]')?.closest('form');
    for (const [name, value] of Object.entries({ ...fields, state: 'ready', version: 99, consentVersion: 'x' }))
      form?.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value: String(value) }));
  }, more);
  await page.getByLabel('First name').fill('Else');
  await page.getByRole('button', { name: /^Save/ }).click();
  await page.waitForURL('**/account');
  expect((await page.goto('/operator'))?.status()).toBe(404);
  const data = await (await page.request.get('/api/account/own-data')).json();
  expect(data).toMatchObject({ account: { email: person(73).email }, details: { firstName: 'Else' } });
  expect(JSON.stringify(data)).not.toMatch(/"role":"operator"|"version":(99|"99")/);
  const [customer] = await customersOf(person(73).email);
  expect(data.kunaCore.customerId).toBe(customer?.id);
});
