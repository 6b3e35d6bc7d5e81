// Where the widget is on small screens, the tab of its own, and browsers without Fetch Metadata.
import { createServer, request as forward, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, type Page, test } from '@playwright/test';
import { buy, confirmDetails, openWidget, portalCookie, readyToBuy, signInAtProvider, signOut, widget } from './portal';
import { clearFaults, pathsOf, person, setFault } from './sandbox';
import { PORTAL, SANDBOX } from './stack';

/** Screens, with the most that a person must scroll to the widget's first button. 0: all of it is in sight. */
const SCREENS = [
  { name: 'a phone', width: 390, height: 844, scroll: 0 },
  { name: 'a small phone', width: 360, height: 640, scroll: 40 },
  { name: 'a phone in landscape', width: 844, height: 390, scroll: 280 },
  { name: '400 % zoom', width: 320, height: 200, scroll: 520 },
];

/** Measures, in CSS pixels from the top of the page: where the frame begins, where a button in it ends, what is in sight. */
async function measure(page: Page, button: string) {
  await page.evaluate(() => window.scrollTo(0, 0));
  const frame = await page.locator('iframe[allow]').boundingBox();
  const first = await widget(page).getByRole('button', { name: button }).boundingBox();
  const bar = page.locator('[data-tab-bar]');
  const isFixed =
    (await bar.count()) > 0 && (await bar.evaluate((element) => getComputedStyle(element).position === 'fixed'));
  const { height } = page.viewportSize() ?? { height: 0 };
  const bottom = isFixed ? ((await bar.boundingBox())?.y ?? height) : height;
  const end = (first?.y ?? 0) + (first?.height ?? 0);
  return { begins: frame?.y ?? height, inSight: bottom, isFixed, scroll: Math.max(0, Math.ceil(end - bottom)) };
}

test('the widget begins within the first screen, and its first button is near, on every screen', async ({ page }) => {
  await readyToBuy(page, person(545).sub);
  await openWidget(page);
  for (const { name, width, height, scroll } of SCREENS) {
    await page.setViewportSize({ width, height });
    const found = await measure(page, 'Get quote');
    console.log(`  ${name} (${width}×${height}):`, JSON.stringify(found));
    expect(found.begins, name).toBeLessThan(found.inSight * 0.65);
    expect(found.scroll, name).toBeLessThanOrEqual(scroll);
    // A bar that stays would take a third of such a screen.
    expect(found.isFixed, name).toBe(height >= 480);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide, `${name}: scrolls sideways`).toBeLessThanOrEqual(0);
    await expect(page.getByRole('heading', { level: 1, name: 'Buy crypto' })).toBeAttached();
  }
});

test('the public page begins with the widget; steps and questions follow', async ({ page }) => {
  await page.goto('/widget');
  await expect(widget(page).getByRole('button', { name: 'Send code' })).toBeVisible();
  for (const { name, width, height, scroll } of SCREENS) {
    await page.setViewportSize({ width, height });
    const found = await measure(page, 'Send code');
    console.log(`  public, ${name} (${width}×${height}):`, JSON.stringify(found));
    expect(found.begins, name).toBeLessThan(found.inSight * 0.65);
    expect(found.scroll, name).toBeLessThanOrEqual(scroll);
    const steps = await page.getByRole('heading', { name: 'What will happen' }).boundingBox();
    const frame = await page.locator('iframe[allow]').boundingBox();
    expect(steps?.y, name).toBeGreaterThan((frame?.y ?? 0) + (frame?.height ?? 0));
  }
});

test('a blocked widget says what to do, and offers a tab and other ways', async ({ page }) => {
  await page.route(`${SANDBOX.widget}/**`, (route) => route.abort('blockedbyclient'));
  await page.goto('/widget');
  const notice = page.getByRole('alert').filter({ hasText: 'The widget isn’t loading' });
  await expect(notice.getByRole('link', { name: 'Open in a new tab' })).toHaveAttribute('target', '_blank');
  await expect(notice).toContainText(/write to \S+@\S+ or call \+/);
  await notice.getByRole('button', { name: 'What you can do' }).click();
  await expect(page.getByText('Add this page to its exceptions')).toBeVisible();
  await expect(page.locator('#widget-help summary')).toBeFocused();
});

test('a person buys in a tab of its own, which ends with the session [T2, T5]', async ({ page, context }) => {
  const { sub, email } = person(546);
  await readyToBuy(page, sub);
  await openWidget(page);
  const opened = context.waitForEvent('page');
  await page.getByRole('link', { name: 'Open in a new tab' }).click();
  const tab = await opened;
  await tab.waitForURL(`${SANDBOX.widget}/**`);
  expect(tab.url()).toContain('refreshToken=');
  // The widget cannot reach the portal's page, and learns its origin alone.
  expect(await tab.evaluate(() => [window.opener, document.referrer, history.length])).toEqual([
    null,
    // Nothing from https to the sandbox's http.
    PORTAL.origin.startsWith('https:') ? '' : `${PORTAL.origin}/`,
    1,
  ]);
  // One widget at a time: KunaCore may end the first token with the second.
  await expect(page.getByRole('heading', { name: 'The widget is open in its own tab' })).toBeVisible();
  await expect(page.locator('iframe[allow]')).toHaveCount(0);
  await buy(tab, '500');

  await page.getByRole('button', { name: 'Show it here' }).click();
  await expect(widget(page).getByRole('heading', { name: 'Buy crypto' })).toBeVisible();
  await signOut(page);
  await expect.poll(() => pathsOf(email)).toContain('/v2/ramp/invalidate');
  await tab.getByRole('button', { name: 'Buy more' }).click();
  await tab.getByLabel('You pay').fill('500');
  await tab.getByRole('button', { name: 'Get quote' }).click();
  await expect(tab.getByRole('heading', { name: 'Session ended' })).toBeVisible();
  await page.goto('/account/buy/tab');
  await expect(page.getByRole('link', { name: 'Go to “Buy”' })).toHaveAttribute('href', '/account/buy');
});

test('only a link of our page opens the tab: no typed address, no other site, no script, no prefetch [T2, T5]', async ({
  page,
}) => {
  const { sub, email } = person(547);
  await readyToBuy(page, sub);
  const typed = await page.goto('/account/buy/tab');
  expect(typed?.status()).toBe(403);
  await page.getByRole('link', { name: 'Go to “Buy”' }).click();
  await expect(widget(page).getByRole('heading', { name: 'Buy crypto' })).toBeVisible();
  const tokens = async () => (await pathsOf(email)).filter((path) => path === '/v2/ramp/token').length;
  const before = await tokens();
  const asked = await page.evaluate(async () => {
    const { status, type } = await fetch('/account/buy/tab', { redirect: 'manual' });
    return { status, type };
  });
  expect(asked).toEqual({ status: 403, type: 'basic' });
  const prefetched = await page.request.get('/account/buy/tab', {
    headers: { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'document', 'sec-purpose': 'prefetch' },
    maxRedirects: 0,
  });
  expect(prefetched.status()).toBe(403);
  await page.route(`${SANDBOX.widget}/other-site`, (route) =>
    route.fulfill({ contentType: 'text/html', body: `<a href="${PORTAL.origin}/account/buy/tab">Win</a>` }),
  );
  await page.goto(`${SANDBOX.widget}/other-site`);
  await page.getByRole('link', { name: 'Win' }).click();
  await expect(page.getByRole('heading', { name: 'This page only works inside your account' })).toBeVisible();
  expect(await tokens()).toBe(before);
});

test('while KunaCore is down, the tab says so and tries again', async ({ page, context }) => {
  const { sub } = person(548);
  await readyToBuy(page, sub);
  await openWidget(page);
  await setFault({ endpoint: '/v2/ramp/token', kind: 'status', status: 503 });
  const opened = context.waitForEvent('page');
  await page.getByRole('link', { name: 'Open in a new tab' }).click();
  const tab = await opened;
  await expect(tab.getByRole('heading', { name: 'We can’t reach Kuna right now' })).toBeVisible();
  await clearFaults();
  // By itself, as the frame does.
  await tab.waitForURL(`${SANDBOX.widget}/**`, { timeout: 45_000 });
});

test('a browser behind a proxy that strips Fetch Metadata and Referer buys, also after a reload [T2]', async ({
  browser,
}) => {
  const proxy = createServer((incoming, response) => {
    // The portal alone: the sandbox's other services rely on Fetch Metadata.
    const headers = incoming.url?.startsWith(PORTAL.origin) ? plain(incoming.headers) : incoming.headers;
    const outgoing = forward(incoming.url ?? '', { method: incoming.method, headers });
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  const server = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const page = await browser.newPage({ proxy: { server }, baseURL: PORTAL.origin });
  await signInAtProvider(page, person(549).sub);
  await confirmDetails(page);
  await openWidget(page);
  await page.reload();
  await expect(widget(page).getByRole('heading', { name: 'Buy crypto' })).toBeVisible();
  await page.goto('/account');
  await page.getByRole('navigation').getByRole('link', { name: 'Buy' }).click();
  await expect(widget(page).getByRole('heading', { name: 'Buy crypto' })).toBeVisible();
  await buy(widget(page), '500');
  // The proof is used up by the frame, and the one of an unused page is not sent from another site.
  const proof = () => portalCookie(page.context(), 'buy-pressed');
  expect(await proof()).toBeUndefined();
  await page.route('**/account/buy/frame', (route) => route.abort());
  await page.goto('/account/buy');
  expect(await proof()).toMatchObject({ sameSite: 'Strict', httpOnly: true });
  await page.unroute('**/account/buy/frame');
  await page.route(`${SANDBOX.widget}/other-site`, (route) =>
    route.fulfill({ contentType: 'text/html', body: `<a href="${PORTAL.origin}/account/buy/frame">Win</a>` }),
  );
  await page.goto(`${SANDBOX.widget}/other-site`);
  await page.getByRole('link', { name: 'Win' }).click();
  await expect(page.getByRole('heading', { name: 'One more click, please' })).toBeVisible();
  await page.close();
  proxy.closeAllConnections();
  proxy.close();
});

function plain(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const hidden = /^(sec-fetch-|referer$|proxy-connection$)/;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hidden.test(name)));
}
