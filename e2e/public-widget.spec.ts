import { expect, test } from '@playwright/test';
import { buy, widget } from './portal';
import { mailTo } from './sandbox';

test('a person without an account signs in at Kuna, is verified there with the camera, and buys', async ({ page }) => {
  const email = `visitor.${Date.now()}@example.com`;
  await page.goto('/');
  await page.getByRole('link', { name: 'Buy without an account' }).click();
  await expect(page.getByRole('heading', { name: 'Buy crypto with Kuna' })).toBeVisible();
  const frame = widget(page);
  expect(await page.locator('iframe').getAttribute('src')).not.toContain('refreshToken');

  await frame.getByLabel('E-mail').fill(email);
  await frame.getByRole('button', { name: 'Send code' }).click();
  const code = /\b\d{6}\b/.exec((await mailTo(email)).text)?.[0] ?? '';
  await frame.getByLabel('One-time code').fill(code);
  await frame.getByRole('button', { name: 'Confirm' }).click();
  await frame.getByLabel('First name').fill('Vira');
  await frame.getByLabel('Last name').fill('Visitor');
  await frame.getByLabel('Country').selectOption('UA');
  await frame.getByLabel('Document number').fill('AA000000');
  await frame.getByLabel('Residence address').fill('3 Rynok Sq, Lviv');
  await frame.getByRole('button', { name: 'Use the camera' }).click();
  await frame.getByRole('button', { name: 'Take the photo' }).click();
  await expect(frame.getByText(/^Photo taken\. \d+ × \d+$/)).toBeVisible();
  await frame.getByRole('button', { name: 'Finish verification' }).click();
  await expect(frame.getByText('Wallet of Vira Visitor')).toBeVisible();
  await buy(frame, '500');
});

test('the widget follows the portal’s theme and the browser’s language', async ({ browser }) => {
  // Without an emulated scheme, which would override the frame's.
  const page = await browser.newPage({ colorScheme: null, locale: 'uk-UA' });
  await page.goto('/widget');
  await expect(widget(page).getByRole('button', { name: 'Надіслати код' })).toBeVisible();
  const ground = () =>
    widget(page)
      .locator('body')
      .evaluate((body) => getComputedStyle(body).backgroundColor);
  await page.getByRole('button', { name: 'Світлий' }).click();
  const light = await ground();
  await page.getByRole('button', { name: 'Темний' }).click();
  await expect.poll(ground).not.toBe(light);
  await page.close();
});
