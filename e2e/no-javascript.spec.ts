// ASVS 5.0: 2.2.2
import { expect, test } from '@playwright/test';
import { providerName } from './institution';
import { agreeToVerified, signInAtProvider, widget, widgetAddress } from './portal';
import { pathsOf, person } from './sandbox';
import { SANDBOX } from './stack';

test.use({ javaScriptEnabled: false });

test('with JavaScript off a person signs in, saves details, sees the widget, signs out', async ({ page }) => {
  const email = 'giulia.rossi@example.com';
  await page.goto('/account');
  await page.getByRole('button', { name: `Continue with ${providerName}` }).click();
  await page.getByRole('button', { name: /^Giulia Rossi/ }).click();
  await page.waitForURL('**/account/details?then=buy');

  // After an error the typed values are still there.
  await page.getByLabel('Document number').fill('CA00000AA');
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.getByRole('alert')).toContainText('One field needs your attention');
  await expect(page.getByLabel('Document number')).toHaveValue('CA00000AA');
  await expect(page.getByLabel('First name')).toHaveValue('Giulia');
  await page.getByRole('checkbox', { name: /^I agree/ }).check();
  await page.getByRole('button', { name: 'Save and continue' }).click();

  // Saving leads to the widget, because nothing more is needed.
  await page.waitForURL('**/account/buy');
  // The sandbox's widget needs script, but the frame loads it.
  await expect(widget(page).locator('title')).toBeAttached();
  expect(widgetAddress(page)).toContain(`${SANDBOX.widget}/?institutionId=`);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByText('You are signed out.')).toBeVisible();
  await expect.poll(() => pathsOf(email)).toEqual(['/v2/customer/create', '/v2/ramp/token', '/v2/ramp/invalidate']);
});

test('with JavaScript off verified details are agreed to, reported as wrong, and the consent is withdrawn', async ({
  page,
}) => {
  await signInAtProvider(page, person(1811).sub, { path: '/account/details' });
  await page.getByText('Is something wrong here?').click();
  await page.getByRole('radio', { name: 'Last name' }).check();
  await page.getByRole('button', { name: 'Report it' }).click();
  await expect(page.getByText('We’ve recorded that this is wrong: Last name.')).toBeVisible();
  await page.goto('/account/details');
  await agreeToVerified(page);
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
  await page.goto('/account/details');
  await page.getByText('Withdraw my consent', { exact: true }).click();
  await page.getByRole('button', { name: 'Withdraw my consent now' }).click();
  await expect(page.getByText(/You withdrew your consent on/)).toBeVisible();
});

test('with JavaScript off a bad e-mail address is explained and kept', { tag: '@SIGN_IN_LINKS' }, async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill('not-an-address');
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await expect(page.getByText('Enter an e-mail address like')).toBeVisible();
  await expect(page.getByLabel('E-mail')).toHaveValue('not-an-address');
});
