// Rate limits: the page says when to try again, and other people are not limited.
// ASVS 5.0: 2.3.2 2.4.1 6.3.1 6.6.3
import { expect, test } from '@playwright/test';
import { readyToBuy, signIn } from './portal';
import { pathsOf, person } from './sandbox';
import { PORTAL, SANDBOX } from './stack';

async function mailsTo(email: string): Promise<number> {
  const response = await fetch(`${SANDBOX.mailbox}/api/mails?to=${encodeURIComponent(email)}`);
  return ((await response.json()) as unknown[]).length;
}

test('the seventh link to one mailbox is refused, next-auth’s own address mails none, and another mailbox is not limited [T19]', {
  tag: '@SIGN_IN_LINKS',
}, async ({ page }) => {
  const email = 'too.often@example.com';
  const requestLink = async (address: string) => {
    await page.goto('/sign-in');
    await page.getByLabel('E-mail').fill(address);
    await page.getByRole('button', { name: 'Send me a link' }).click();
  };
  for (let n = 1; n <= 6; n += 1) {
    await requestLink(email);
    await page.waitForURL('**/sign-in/check-email');
  }
  await requestLink(email);
  await expect(page.getByText('Too many requests.')).toBeVisible();
  await expect(page.getByLabel('E-mail')).toHaveValue(email);

  const headers = { origin: PORTAL.origin };
  for (const body of [{ form: { email } }, { data: { email } }, { multipart: { email } }])
    expect((await page.request.post('/api/auth/signin/email', { ...body, headers })).status()).toBe(404);
  expect((await page.request.get('/api/auth/csrf')).status()).toBe(404);
  expect(await mailsTo(email)).toBe(6);

  await requestLink('somebody.else@example.com');
  await page.waitForURL('**/sign-in/check-email');
});

test('data exports and downloads are limited, and the page says when to try again', async ({ page }) => {
  await readyToBuy(page, person(59).sub);
  for (const [path, uses] of [
    ['/api/account/own-data', 10],
    ['/api/account/operations.csv', 20],
  ] as const) {
    for (let n = 1; n <= uses; n += 1) expect((await page.request.get(path)).status(), `${path} ${n}`).toBe(200);
    const refused = await page.goto(path);
    expect(refused?.status(), path).toBe(429);
    expect(Number(refused?.headers()['retry-after'])).toBeGreaterThan(0);
    await expect(page.getByRole('heading', { name: 'Too many attempts' })).toBeVisible();
    await page.getByRole('link', { name: 'Back' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
});

test('widget tokens are limited: the frame says so, and KunaCore is not called', async ({ page }) => {
  const { sub, email } = person(66);
  await readyToBuy(page, sub);
  const frame = () =>
    page.request.get('/account/buy/frame', {
      headers: { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'iframe' },
      maxRedirects: 0,
    });
  for (let n = 1; n <= 30; n += 1) expect((await frame()).status(), String(n)).toBe(303);
  const callsBefore = (await pathsOf(email)).length;
  const refused = await frame();
  expect(refused.status()).toBe(429);
  expect(Number(refused.headers()['retry-after'])).toBeGreaterThan(0);
  expect(await refused.text()).toContain('Too many attempts');
  await page.goto('/account');
  await page.getByRole('button', { name: 'Buy crypto' }).click();
  await expect(page.frameLocator('iframe').getByText('Too many attempts')).toBeVisible();
  expect((await pathsOf(email)).length).toBe(callsBefore);
  // Another person is not limited.
  await page.request.post('/sign-out', { headers: { origin: PORTAL.origin } });
  await signIn(page, person(67).sub);
  await expect(page.getByRole('heading', { name: 'Confirm your details' })).toBeVisible();
});

test('asking for a link does not reveal whether an account exists [T19]', { tag: '@SIGN_IN_LINKS' }, async ({
  page,
  browser,
}) => {
  const { sub, email } = person(69);
  const known = await (await browser.newContext()).newPage();
  await signIn(known, sub);
  const responses: (string | null)[] = [];
  for (const address of [email, 'never.seen@example.com']) {
    await page.goto('/sign-in');
    await page.getByLabel('E-mail').fill(address);
    await page.getByRole('button', { name: 'Send me a link' }).click();
    await page.waitForURL('**/sign-in/check-email');
    const text = (await page.locator('main').textContent()) ?? '';
    responses.push(text.replace(address, 'the address').replace(/\d?\d:\d\d:\d\d/, 'a time'));
  }
  expect(responses[1]).toBe(responses[0]);
});
