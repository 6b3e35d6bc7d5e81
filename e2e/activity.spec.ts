// Overview, activity, operation details and CSV file after a purchase.
// ASVS 5.0: 5.4.1
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { institution } from './institution';
import { buy, openWidget, readyToBuy, widget } from './portal';
import { clearFaults, person, setFault } from './sandbox';

test.afterEach(clearFaults);

async function boughtOnce(page: Page, number: number): Promise<void> {
  await readyToBuy(page, person(number).sub);
  await buy(await openWidget(page));
}

test('overview and activity show a purchase without a reload, and follow it until it is done', async ({ page }) => {
  await readyToBuy(page, person(83).sub);
  await expect(page.getByText('No operations yet.')).toBeVisible();
  await openWidget(page);
  const frame = widget(page);
  await frame.getByLabel('You pay').fill('2000');
  await frame.getByRole('button', { name: 'Get quote' }).click();
  await frame.getByRole('button', { name: 'Buy BTC' }).click();
  await expect(frame.getByText('Completed', { exact: true })).toBeVisible({ timeout: 20_000 });
  await page.evaluate(() => Object.assign(window, { stillTheSame: true }));
  await page.getByRole('link', { name: 'Back to your account' }).click();
  await expect(page.getByRole('row', { name: /BTC/ })).toContainText(/0\.\d+\sBTC/);
  await expect(page.getByRole('listitem').filter({ hasText: 'Purchase' })).toContainText('Completed');
  await page.getByRole('link', { name: 'All activity' }).click();
  await expect(page.getByRole('link', { name: /^Purchase/ })).toContainText('Completed');
  expect(await page.evaluate(() => 'stillTheSame' in window)).toBe(true);
});

test('the value is shown in the chosen currency', async ({ page }) => {
  await boughtOnce(page, 84);
  await page.getByRole('link', { name: 'Back to your account' }).click();
  const row = page.getByRole('row', { name: /^Bitcoin · BTC/ });
  await expect(row).toContainText(institution.currency);
  await page.getByLabel('Show values in').selectOption('USD');
  await expect(row).toContainText('USD');
  // One month is no chart.
  await expect(page.getByText('Show as a table')).toHaveCount(0);
});

test('operations are filtered, opened, copied from and downloaded', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await boughtOnce(page, 85);
  await page.goto('/account/activity');
  const operation = page.getByRole('link', { name: /^Purchase/ });
  await expect(operation).toHaveCount(1);
  await page.getByText('Filter', { exact: true }).click();
  await page.getByLabel('Status').selectOption('Declined');
  await expect(page.getByText('Nothing matches')).toBeVisible();
  // The address keeps the filter.
  await page.reload();
  await expect(page.getByLabel('Status')).toHaveValue('Declined');
  // Without a filter the panel stays open.
  await page.getByLabel('Status').selectOption('');
  await expect(operation).toHaveCount(1);
  await expect(page.getByLabel('Status')).toBeVisible();
  await page.getByLabel('From').fill('2020-01-01');
  await page.getByLabel('To', { exact: true }).fill('2020-12-31');
  await expect(page.getByText('Nothing matches')).toBeVisible();
  await page.getByRole('button', { name: 'Show all' }).click();

  await operation.click();
  const drawer = page.getByRole('dialog', { name: 'Purchase' });
  await expect(drawer).toContainText('1,000 UAH');
  await drawer.getByRole('button', { name: 'Copy: Operation ID' }).click();
  await expect(drawer.getByText('Copied: Operation ID')).toBeAttached();
  const id = await page.evaluate(() => navigator.clipboard.readText());
  await expect(drawer.getByText(id)).toBeVisible();
  await page.keyboard.press('Escape');

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download CSV' }).click();
  expect((await download).suggestedFilename()).toBe('operations.csv');
  const file = readFileSync(await (await download).path(), 'utf8');
  expect(file.split('\r\n')[0]).toContain(
    `Started (${institution.timeZone}),Last change (${institution.timeZone}),Type,Status,From (amount),`,
  );
  expect(file).toContain(`,Purchase,Completed,1000,UAH,`);
  expect(file).toContain(id);
});

test('while KunaCore is down the activity says so and keeps trying, and a failed download returns to it', async ({
  page,
}) => {
  await boughtOnce(page, 86);
  await setFault({ endpoint: '/v2/operation/find', kind: 'status', status: 503 });
  await page.goto('/account/activity?status=Completed');
  await expect(page.getByText('We can’t reach Kuna right now.')).toBeVisible();
  await page.getByRole('link', { name: 'Download CSV' }).click();
  await expect(page.getByText('We couldn’t create the file')).toBeVisible();
  await expect(page.getByLabel('Status')).toHaveValue('Completed');
  await page.goto('/account/activity/statement');
  await page.getByRole('link', { name: 'Save as PDF' }).click();
  await page.waitForURL(/\/statement\?from=/);
  await expect(page.getByText('We can’t reach Kuna right now. Please try again in a moment.')).toBeVisible();
  await page.goto('/account/activity?status=Completed');
  await clearFaults();
  // Without a reload. The circuit breaker stops calls to KunaCore for some seconds.
  await expect(page.getByRole('link', { name: /^Purchase/ })).toBeVisible({ timeout: 30_000 });
});

test("a response about another user's wallet is never shown", async ({ page, browser }) => {
  await boughtOnce(page, 87);
  const other = await browser.newPage();
  await readyToBuy(other, person(88).sub);
  await setFault({ endpoint: '/v2/operation/find', kind: 'other-customer' });
  await other.goto('/account/activity');
  await expect(other.getByText('We can’t reach Kuna right now.')).toBeVisible();
  await expect(other.getByRole('link', { name: /^Purchase/ })).toHaveCount(0);
  await other.close();
});
