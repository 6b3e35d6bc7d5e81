// The bank's page of a card payment, in the three ways in which the widget may show it.
import { expect, type FrameLocator, type Page, test } from '@playwright/test';
import { nameOf, OTHER, saying } from './messages';
import { openWidget, readyToBuy, widget } from './portal';
import { pathsOf, person, setSwitches } from './sandbox';
import { SANDBOX } from './stack';

const other = saying(OTHER);

test.afterEach(() => setSwitches({ paymentPage: 'none' }));

/** Opens the widget and buys as far as the bank. */
async function payAtBank(page: Page, sub: string, paymentPage: string): Promise<FrameLocator> {
  await setSwitches({ paymentPage });
  await readyToBuy(page, sub);
  const frame = await openWidget(page);
  await frame.getByLabel('You pay').fill('1000');
  await frame.getByRole('button', { name: 'Get quote' }).click();
  await frame.getByRole('button', { name: 'Buy BTC' }).click();
  return frame;
}

const confirm = (place: FrameLocator | Page) => place.getByRole('button', { name: 'Confirm payment' }).click();
const completed = (frame: FrameLocator) =>
  expect(frame.getByText('Completed', { exact: true })).toBeVisible({ timeout: 20_000 });

test('a payment is confirmed on a bank’s page that the widget nests, while the language of the portal changes', async ({
  page,
}) => {
  const { sub, email } = person(540);
  const frame = await payAtBank(page, sub, 'nested');
  const bank = frame.frameLocator('iframe');
  await expect(bank.getByText('1000 UAH')).toBeVisible();
  const tokens = async () => (await pathsOf(email)).filter((path) => path === '/v2/ramp/token').length;
  const before = await tokens();
  await page.getByRole('button', { name: nameOf(OTHER) }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(other('buy.title'));
  await expect(page.locator('html')).toHaveAttribute('lang', OTHER);
  await expect(bank.getByText('1000 UAH')).toBeVisible();
  await confirm(bank);
  await completed(frame);
  expect(await tokens()).toBe(before);
});

test('a payment is confirmed in a window, which has no sandbox and cannot move the portal [T7]', async ({ page }) => {
  const popUp = page.waitForEvent('popup');
  const frame = await payAtBank(page, person(541).sub, 'pop-up');
  const bank = await popUp;
  // The bank isolates its window. A sandboxed one would show the browser's error page instead.
  await expect(bank.getByText('1000 UAH')).toBeVisible();
  bank.on('dialog', (dialog) => dialog.accept());
  expect(await bank.evaluate(() => window.confirm('Really?'))).toBe(true);
  expect(await bank.evaluate(() => window.opener)).toBeNull();
  const before = page.url();
  await confirm(bank);
  await completed(frame);
  expect(page.url()).toBe(before);
});

test('a refused payment leads back to the quote, and may be tried again', async ({ page }) => {
  const popUp = page.waitForEvent('popup');
  const frame = await payAtBank(page, person(542).sub, 'pop-up');
  await (await popUp).getByRole('button', { name: 'Refuse' }).click();
  await expect(frame.getByText('Your bank did not confirm the payment.')).toBeVisible();
  await expect(frame.getByLabel('You pay')).toHaveValue('1000');
  await setSwitches({ paymentPage: 'nested' });
  await frame.getByRole('button', { name: 'Get quote' }).click();
  await frame.getByRole('button', { name: 'Buy BTC' }).click();
  await confirm(frame.frameLocator('iframe'));
  await completed(frame);
});

test('a payment is confirmed on a bank’s page to which the widget navigates its own frame', async ({ page }) => {
  const frame = await payAtBank(page, person(543).sub, 'own-navigation');
  await expect(frame.getByText('1000 UAH')).toBeVisible();
  expect(page.frames().map((inside) => new URL(inside.url()).origin)).toContain(SANDBOX.bank);
  await confirm(frame);
  await completed(frame);
  await expect(widget(page).getByText('New balance')).toBeVisible();
});

test('the widget may ask for its storage after a click, and the browser decides', async ({ page, context }) => {
  await context.grantPermissions(['storage-access']);
  await readyToBuy(page, person(544).sub);
  await openWidget(page);
  const inside = page.frames().find((frame) => frame.url().startsWith(SANDBOX.widget));
  await inside?.evaluate(() => {
    const ask = () => void document.requestStorageAccess().then(() => document.body.append('Storage granted'));
    document.querySelector('h1')?.addEventListener('click', ask, { once: true });
  });
  await widget(page).getByRole('heading', { level: 1 }).click();
  await expect(widget(page).getByText('Storage granted')).toBeVisible();
});
