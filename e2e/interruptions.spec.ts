// Interruptions of a person's work: a lost connection, a new build, an expired token.
import { expect, test } from '@playwright/test';
import { agreeAndSave, openWidget, readyToBuy, signIn, widget } from './portal';
import { pathsOf, person } from './sandbox';

test('saving without a connection loses nothing, and creates one customer once the connection is back', async ({
  page,
  context,
}) => {
  const { sub, email } = person(70);
  await signIn(page, sub);
  await page.goto('/account/details');
  await page.getByLabel('Document number').fill('FE700001');
  await page.getByRole('checkbox', { name: /^I agree/ }).check();
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.getByText('The connection failed.')).toBeVisible();
  await expect(page.getByLabel('Document number')).toHaveValue('FE700001');
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
  expect(await pathsOf(email)).toEqual(['/v2/customer/create']);
});

test('a page of an earlier build says so and keeps what was typed', async ({ page }) => {
  const { sub, email } = person(71);
  await signIn(page, sub);
  await page.goto('/account/details');
  // As after a deployment, the open page's action is unknown.
  await page.route('**/account/details', async (route) => {
    const headers = route.request().headers();
    if (!headers['next-action']) return route.continue();
    return route.continue({ headers: { ...headers, 'next-action': '0'.repeat(42) } });
  });
  await page.getByLabel('Document number').fill('FE710001');
  await page.getByRole('checkbox', { name: /^I agree/ }).check();
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.getByText('This page is out of date')).toBeVisible();
  await expect(page.getByLabel('Document number')).toHaveValue('FE710001');
  expect(await pathsOf(email)).toEqual([]);
  await page.unroute('**/account/details');
  await page.reload();
  await agreeAndSave(page);
});

test('a token that expires is announced, and the widget stays', async ({ page }) => {
  await readyToBuy(page, person(72).sub);
  await openWidget(page);
  const respondWith = (authorisation: object) =>
    page.route('**/api/account/status*', (route) =>
      route.fulfill({ json: { session: 'live', customer: 'ready', authorisation } }),
    );
  const refocus = () => page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await respondWith({ state: 'expiring', inSeconds: 120 });
  await refocus();
  await expect(page.getByText('Your Kuna session expires in a few minutes.')).toBeVisible();
  await respondWith({ state: 'expired' });
  await refocus();
  await expect(page.getByText('Your Kuna session has expired')).toBeVisible();
  await expect(page.locator('iframe')).toHaveCount(1);
  await page.unroute('**/api/account/status*');
  await page.getByRole('button', { name: 'Start again' }).click();
  await expect(widget(page).getByRole('heading', { name: 'Buy crypto' })).toBeVisible();
  await expect(page.getByText('Your Kuna session has expired')).toHaveCount(0);
});
