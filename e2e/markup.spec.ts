// Typed text stays text wherever it is shown: in pages, in their payload, in the support console.
// ASVS 5.0: 1.2.1 1.2.3 3.2.2
import { expect, type Page, test } from '@playwright/test';
import { agreeAndSave, signIn } from './portal';
import { person } from './sandbox';

const NAME = '<img src=x onerror="alert(1)">';
const ADDRESS = '"></script><script>alert(1)</script>\' & {{7*7}}';

/** Asserts that no typed markup became part of the page. */
async function expectText(page: Page): Promise<void> {
  await expect(page.locator('img[src="x"], script:text("alert(1)")')).toHaveCount(0);
}

test('markup in a name is text on every page, at Kuna and in the support console, and never runs [T23]', async ({
  page,
  browser,
}) => {
  const { sub, email } = person(57);
  const alarms: string[] = [];
  const watch = (one: Page) => {
    one.on('dialog', async (dialog) => {
      alarms.push(dialog.message());
      await dialog.dismiss();
    });
    one.on('pageerror', (error) => alarms.push(error.message));
    one.on('request', (request) => {
      if (request.url().includes('csp-report')) alarms.push(request.postData() ?? '');
    });
  };
  watch(page);
  await signIn(page, sub, { path: '/account/details' });
  await page.getByLabel('First name').fill(NAME);
  await page.getByLabel('Residence address').fill(ADDRESS);
  await agreeAndSave(page);
  for (const path of [
    '/account',
    '/account/details',
    '/account/activity',
    '/account/devices',
    '/account/messages',
    '/account/activity/statement',
    '/account/buy',
  ]) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectText(page);
  }
  await page.goto('/account/details');
  await expect(page.getByLabel('First name')).toHaveValue(NAME);
  await expect(page.getByLabel('Residence address')).toHaveValue(ADDRESS);
  // React's payload is JSON inside scripts, which typed text must not close.
  const html = await (await page.request.get('/account/details')).text();
  expect(html).not.toContain('</script><script>alert');
  expect(html).not.toContain('<img src=x');

  const operator = await (await browser.newContext()).newPage();
  watch(operator);
  await signIn(operator, 'oksana-melnyk', { path: '/operator' });
  await operator.getByLabel('Find a customer').fill(email);
  await operator.getByRole('button', { name: 'Find' }).click();
  await expect(operator.getByRole('heading', { name: 'What is going on' })).toBeVisible();
  await expectText(operator);
  await operator.getByLabel('New note').fill(NAME);
  await operator.getByRole('button', { name: 'Add note' }).click();
  await expect(operator.getByRole('region', { name: 'Notes' }).getByText(NAME)).toBeVisible();
  await expectText(operator);
  const file = new URL(operator.url()).pathname;
  for (const path of [
    `${file}/block`,
    `${file}/delete`,
    `${file}?kind=${encodeURIComponent(NAME)}`,
    '/operator?queue=all',
    `/operator?queue=${encodeURIComponent(NAME)}&after=${encodeURIComponent(ADDRESS)}`,
    `/operator/review?after=${encodeURIComponent(ADDRESS)}`,
    `/operator/audit?subject=${encodeURIComponent(NAME)}`,
    '/operator/integration',
  ]) {
    await operator.goto(path);
    await expect(operator.getByRole('heading', { level: 1 })).toBeVisible();
    await expectText(operator);
  }
  await operator.getByLabel('Find a customer').fill(`${NAME} Nobody`);
  await operator.getByRole('button', { name: 'Find' }).click();
  await expect(operator.getByRole('search').getByRole('status')).toHaveText(/./);
  await expectText(operator);
  await page.goto(`/sign-in?error=${encodeURIComponent(NAME)}&callbackUrl=${encodeURIComponent(ADDRESS)}`);
  await page.goto(`/account/activity?status=${encodeURIComponent(NAME)}&asset=${encodeURIComponent(ADDRESS)}`);
  await expectText(page);
  expect(alarms).toEqual([]);
});
