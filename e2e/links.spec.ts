// A link by e-mail signs in only by the button on its page, never by a visit or by another site.
// ASVS 5.0: 7.6.2
import { type Browser, expect, type Page, test } from '@playwright/test';
import { askForLink, linkTo, openWidget, readyToBuy, signInByLink, signOut } from './portal';
import { pathsOf, person } from './sandbox';
import { PORTAL } from './stack';

const EVIL = 'http://evil.example/';
const BUTTON = { name: 'Sign in', exact: true };

/** Requests a link in a new browser. */
async function linkAskedElsewhere(browser: Browser, email: string): Promise<string> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto('/sign-in');
  await askForLink(page, email);
  await context.close();
  return linkTo(email);
}

/** Opens a page of another site that runs this script. */
async function visitEvil(page: Page, script: string): Promise<void> {
  await page.route(EVIL, (route) =>
    route.fulfill({ contentType: 'text/html', body: `<!doctype html><body><script>${script}</script>` }),
  );
  await page.goto(EVIL);
}

const signedInEmail = async (page: Page) => (await (await page.request.get('/api/auth/session')).json()).user?.email;

test('no visit by a scanner, image or prefetch uses a link up; its button does, once [T18]', async ({
  page,
  browser,
}) => {
  const email = 'scanned@example.com';
  await page.goto('/account/activity');
  await askForLink(page, email);
  const link = await linkTo(email);
  const old = link.replace('/sign-in/link', '/api/auth/callback/email');
  for (const address of [link, old])
    for (const headers of [{}, { 'sec-purpose': 'prefetch;prerender' }, { purpose: 'prefetch' }] as Record<
      string,
      string
    >[])
      for (const method of ['GET', 'HEAD']) {
        const visit = await page.request.fetch(address, { method, headers });
        expect(visit.status()).toBe(200);
        expect(visit.headers()['set-cookie']).toBeUndefined();
      }
  const scanner = await browser.newContext();
  const scanning = await scanner.newPage();
  await scanning.goto(link, { waitUntil: 'networkidle' });
  await expect(scanning.getByRole('button', BUTTON)).toBeVisible();
  await visitEvil(scanning, `for (const to of ${JSON.stringify([link, old])}) new Image().src = to`);
  await scanning.waitForLoadState('networkidle');
  expect((await scanner.cookies()).map(({ name }) => name)).toEqual([]);

  await page.goto(old);
  await expect(page.getByRole('heading', { name: 'Sign in as s•••@example.com on this device?' })).toBeVisible();
  await expect(page.getByText('requested in another browser')).toHaveCount(0);
  await page.getByRole('button', BUTTON).dblclick();
  await page.waitForURL('**/account/activity');
  expect(await signedInEmail(page)).toBe(email);
  await signOut(page);
  await page.goto(link);
  await expect(page.getByText('This link has already been used')).toBeVisible();
  // This browser requested the link, so the address need not be typed again.
  await expect(page.getByLabel('E-mail')).toHaveValue(email);
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await page.waitForURL('**/sign-in/check-email');
  await scanning.goto(link);
  await expect(scanning.getByLabel('E-mail')).toHaveValue('');
});

test('the page of a link leaks no secret, and no cache or search engine keeps it [T18]', async ({ page }) => {
  const email = 'no.referrer@example.com';
  await page.goto('/sign-in');
  await askForLink(page, email);
  const link = await linkTo(email);
  const token = new URL(link).searchParams.get('token') ?? '';
  const requests: { url: string; referer?: string }[] = [];
  page.on('request', async (request) => {
    const { referer } = await request.allHeaders();
    requests.push({ url: request.url(), referer });
  });
  const response = await page.goto(link, { waitUntil: 'networkidle' });
  const headers = response?.headers() ?? {};
  expect(headers['cache-control']).toContain('no-store');
  expect(headers['referrer-policy']).toBe('strict-origin');
  expect(headers['x-robots-tag']).toBe('noindex');
  await page.getByRole('button', BUTTON).click();
  await page.waitForURL('**/account/details?then=buy');
  await page.waitForLoadState('networkidle');
  expect(requests.length).toBeGreaterThan(5);
  for (const { url, referer = '' } of requests) {
    expect(new URL(url).origin).toBe(PORTAL.origin);
    expect(referer).not.toContain(token);
  }
});

test('another site cannot sign a person in to another account [T18]', async ({ page, browser }) => {
  const { sub, email } = person(74);
  await readyToBuy(page, sub);
  await openWidget(page);
  const link = await linkAskedElsewhere(browser, 'attacker@example.com');
  await visitEvil(page, `location = ${JSON.stringify(`${link}&error=x&callbackUrl=/account/details`)}`);
  await page.waitForURL('**/sign-in/link?**');
  await expect(page.getByRole('heading', { name: 'Sign in as a•••@example.com on this device?' })).toBeVisible();
  await expect(
    page.getByText('c•••@example.com is signed in here. If you continue, they’ll be signed out'),
  ).toBeVisible();
  await expect(page.getByText('This link was requested in another browser.')).toBeVisible();
  expect(await signedInEmail(page)).toBe(email);

  const fields = [...new URL(link).searchParams].map(([name, value]) => `<input name="${name}" value="${value}">`);
  const form = `<form method="post" action="${PORTAL.origin}/api/auth/callback/email">${fields.join('')}</form>`;
  await visitEvil(page, `document.body.innerHTML = ${JSON.stringify(form)}; document.forms[0].submit()`);
  await expect(page.getByRole('heading', { name: 'We stopped this for your safety' })).toBeVisible();
  expect(await signedInEmail(page)).toBe(email);
  expect(await pathsOf(email)).not.toContain('/v2/ramp/invalidate');

  await page.goto(link);
  await page.getByRole('link', { name: 'Stay signed in as c•••@example.com' }).click();
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
  // The person can still choose to continue.
  await signInByLink(page, link);
  expect(await signedInEmail(page)).toBe('attacker@example.com');
  await expect.poll(() => pathsOf(email)).toContain('/v2/ramp/invalidate');
});

test('a link to the account that is already signed in ends no session', async ({ page }) => {
  const { sub, email } = person(75);
  await page.goto('/sign-in');
  await askForLink(page, email);
  const link = await linkTo(email);
  await readyToBuy(page, sub);
  await openWidget(page);
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'You’re already signed in' })).toBeVisible();
  await page.getByRole('link', { name: 'Go to your account' }).click();
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
  expect(await pathsOf(email)).not.toContain('/v2/ramp/invalidate');
});

test.describe('with JavaScript off', () => {
  test.use({ javaScriptEnabled: false });

  test('a link signs in by its button', async ({ page }) => {
    const email = 'by.link.plain@example.com';
    await page.goto('/account/activity');
    await askForLink(page, email);
    const link = await linkTo(email);
    await signInByLink(page, link);
    await expect(page).toHaveURL(/\/account\/activity$/);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto(link);
    await expect(page.getByText('This link has already been used')).toBeVisible();
  });
});
