// Language, theme and currency: the browser's preference, the person's choice, and its scope.
import { expect, test } from '@playwright/test';
import { institution } from './institution';
import { nameOf, OTHER, saying } from './messages';
import { agreeAndSave, openWidget, readyToBuy, signIn, widget } from './portal';
import { mailTo, pathsOf, person } from './sandbox';
import { PORTAL } from './stack';

const other = saying(OTHER);

test('the browser’s preferred language comes first, and English where it prefers neither', async ({ browser }) => {
  for (const [locale, lang] of [
    [OTHER, OTHER],
    ['en-GB', 'en'],
    ['fr-FR', institution.language],
  ]) {
    const page = await browser.newPage({ locale });
    await page.goto('/');
    await expect(page.locator('html')).toHaveAttribute('lang', lang ?? '');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(saying(lang ?? 'en')('landing.title'));
    await page.close();
  }
});

test('a chosen language applies in this browser and, once signed in, on every device', async ({ page, browser }) => {
  test.skip(OTHER === 'en', 'there is one language only');
  const { sub } = person(80);
  await signIn(page, sub);
  await page.getByRole('button', { name: nameOf(OTHER) }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(other('details.title'));
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', OTHER);

  const second = await browser.newPage();
  await signIn(second, sub);
  await expect(second.getByRole('heading', { level: 1 })).toHaveText(other('details.title'));
  await second.close();
});

test('mail uses the account’s language, not the requesting browser’s', { tag: '@SIGN_IN_LINKS' }, async ({
  page,
  browser,
}) => {
  test.skip(OTHER === 'en', 'there is one language only');
  const { sub, email } = person(89);
  await signIn(page, sub);
  await page.getByRole('button', { name: nameOf(OTHER) }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(other('details.title'));
  const visitor = await browser.newPage();
  await visitor.goto('/sign-in');
  await visitor.getByLabel('E-mail').fill(email);
  await visitor.getByRole('button', { name: 'Send me a link' }).click();
  await expect(visitor.getByRole('heading', { name: 'Check your mailbox' })).toBeVisible();
  const mail = await mailTo(email);
  expect(mail.subject).toBe(other('mail.signInLink.subject', { brand: institution.name }));
  expect(mail.html).toContain(`<html lang="${OTHER}">`);
  expect(mail.text).toContain(other('mail.signInLink.heading', { brand: institution.name }));
  await visitor.close();
});

test('changing the language keeps what was typed', async ({ page }) => {
  test.skip(OTHER === 'en', 'there is one language only');
  await signIn(page, person(81).sub, { path: '/account/details' });
  await page.getByLabel('Document number').fill('HALF-WAY');
  await page.getByRole('button', { name: nameOf(OTHER) }).click();
  await expect(page.getByLabel(other('details.documentNumber'))).toHaveValue('HALF-WAY');
});

test('changing the language on the buy page keeps the widget and a purchase in progress', async ({ page }) => {
  test.skip(OTHER === 'en', 'there is one language only');
  const { sub, email } = person(97);
  await readyToBuy(page, sub);
  await openWidget(page);
  const amount = widget(page).getByLabel('You pay');
  await amount.fill('123');
  const tokens = async () => (await pathsOf(email)).filter((path) => path === '/v2/ramp/token').length;
  const before = await tokens();
  await page.getByRole('button', { name: nameOf(OTHER) }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(other('buy.title'));
  await expect(amount).toHaveValue('123');
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(saying('en')('buy.title'));
  await expect(amount).toHaveValue('123');
  expect(await tokens()).toBe(before);
});

test('a chosen theme overrides the system’s, persists, and can be reset', async ({ page }) => {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/');
  const light = await ground();
  const saved = page.waitForResponse('**/preferences');
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect.poll(ground).not.toBe(light);
  await saved;
  const dark = await ground();
  await page.reload();
  expect(await ground()).toBe(dark);
  // The portal's HTML pages follow it, too.
  await page.goto('/offline');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.goto('/');
  await page.getByRole('button', { name: 'Match device' }).click();
  await expect.poll(ground).toBe(light);
  // The dark theme of the system looks like the chosen one.
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(ground).toBe(dark);
});

test('a chosen currency of the overview persists', async ({ page }) => {
  await signIn(page, person(82).sub, { path: '/account/details' });
  await agreeAndSave(page);
  await expect(page.getByLabel('Show values in')).toHaveValue(institution.currency);
  const saved = page.waitForResponse('**/preferences');
  await page.getByLabel('Show values in').selectOption('USD');
  await saved;
  await page.reload();
  await expect(page.getByLabel('Show values in')).toHaveValue('USD');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('language and theme are chosen by plain forms that return to the page', async ({ page }) => {
    test.skip(OTHER === 'en', 'there is one language only');
    await page.goto('/sign-in?callbackUrl=%2Faccount%2Fdetails');
    await page.getByRole('button', { name: nameOf(OTHER) }).click();
    await expect(page).toHaveURL('/sign-in?callbackUrl=%2Faccount%2Fdetails');
    await expect(page.getByLabel(other('signIn.email'))).toBeVisible();
    await page.getByRole('button', { name: other('preferences.themes.dark') }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await expect(page.locator('html')).toHaveAttribute('lang', OTHER);
  });
});

test('an unknown choice changes nothing and never redirects to another site', async ({ request }) => {
  const send = (form: Record<string, string>, headers: Record<string, string>) =>
    request.post('/preferences', { form, headers: { origin: PORTAL.origin, ...headers }, maxRedirects: 0 });
  const bad = await send(
    { language: 'xx', theme: '"><script>', currency: 'BTC' },
    { referer: 'https://evil.example/x' },
  );
  expect(bad.status()).toBe(303);
  expect(bad.headers().location).toBe(`${PORTAL.origin}/`);
  expect(bad.headers()['set-cookie']).toMatch(/^(__Host-)?preferences=;/);
  const foreign = await request.post('/preferences', {
    form: { theme: 'dark' },
    headers: { origin: 'https://evil.example' },
  });
  expect(foreign.status()).toBe(403);
});
