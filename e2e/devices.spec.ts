// The widget's authorisation belongs to the person, the session to the browser: other devices see changes made on one.
// ASVS 5.0: 7.5.2 8.2.2 14.3.1
import { type Browser, expect, type Page, test } from '@playwright/test';
import { buy, openAgain, openWidget, readyToBuy, signIn, widget, widgetAddress } from './portal';
import { pathsOf, person } from './sandbox';

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';

/** Signs the same person in on a phone. */
async function onThePhone(browser: Browser, sub: string): Promise<Page> {
  const context = await browser.newContext({ userAgent: PHONE, viewport: { width: 390, height: 844 } });
  const phone = await context.newPage();
  await signIn(phone, sub);
  return phone;
}

test('devices are listed by name, one can be signed out, and this one buys on after "Continue"', async ({
  page,
  browser,
}) => {
  const { sub, email } = person(65);
  await readyToBuy(page, sub);
  await openWidget(page);
  const address = widgetAddress(page);
  const phone = await onThePhone(browser, sub);
  const laptop = await page.context().newPage();
  await laptop.goto('/account/devices');
  const [here, there] = [listed(laptop).nth(0), listed(laptop).nth(1)];
  await expect(here).toContainText('This device');
  await expect(here).toContainText('Chrome on');
  await expect(there).toContainText('Safari on iOS');
  await expect(there).toContainText('Same network as this device');
  await expect(there).toContainText(/Last seen/);
  await laptop.getByRole('button', { name: 'Sign out Safari on iOS' }).click();
  await expect(listed(laptop)).toHaveCount(1);
  // The pressed button is gone with its row.
  await expect(laptop.locator(':focus')).toHaveText('The device is signed out.');

  await phone.goto('/account');
  await expect(phone).toHaveURL(/\/sign-in/);
  await expect.poll(() => pathsOf(email)).toContain('/v2/ramp/invalidate');
  expect(await openAgain(page.context(), address)).not.toBe('Buy crypto');
  await page.bringToFront();
  await expect(page.getByRole('heading', { name: 'Your Kuna session has ended' })).toBeVisible();
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await expect(widget(page).getByRole('heading', { name: 'Buy crypto' })).toBeVisible();
  await buy(widget(page));
  await phone.context().close();
});

test('"Sign out everywhere" signs every browser out [T15]', async ({ page, browser }) => {
  const { sub, email } = person(61);
  await readyToBuy(page, sub);
  await openWidget(page);
  const address = widgetAddress(page);
  const phone = await onThePhone(browser, sub);
  await phone.goto('/account/devices');
  await phone.getByRole('button', { name: 'Sign out everywhere' }).click();
  await expect(phone.getByText('You are signed out.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
  await expect(page.locator('iframe')).toHaveCount(0);
  await expect.poll(() => pathsOf(email)).toContain('/v2/ramp/invalidate');
  expect(await openAgain(page.context(), address)).not.toBe('Buy crypto');
  await phone.context().close();
});

test('a tab loses its widget as soon as another tab signs out', async ({ page }) => {
  // Without polling, only the other tab's message can trigger this request.
  await page.addInitScript(() => {
    window.setInterval = (() => 0) as unknown as typeof window.setInterval;
  });
  await readyToBuy(page, person(62).sub);
  await openWidget(page);
  const other = await page.context().newPage();
  await other.goto('/account');
  await other.getByRole('button', { name: 'Sign out' }).click();
  await expect(other.getByText('You are signed out.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
  await expect(page.locator('iframe')).toHaveCount(0);
});

test('a user cannot sign out another user’s device [T12]', async ({ page, browser }) => {
  await signIn(page, person(63).sub);
  await page.goto('/account/devices');
  const victim = await onThePhone(browser, person(64).sub);
  await victim.goto('/account/devices');
  await onThePhone(browser, person(64).sub).then((third) => third.close());
  await victim.reload();
  const id = await victim.locator('input[name=device]').first().inputValue();
  await onThePhone(browser, person(63).sub).then((second) => second.close());
  await page.reload();
  await page
    .locator('input[name=device]')
    .first()
    .evaluate((input, value) => input.setAttribute('value', value), id);
  await page.getByRole('button', { name: /^Sign out Safari/ }).click();
  await expect(listed(page)).toHaveCount(2);
  await victim.reload();
  await expect(listed(victim)).toHaveCount(2);
  await victim.context().close();
});

/** Returns the list items of the devices, not of the navigation. */
function listed(page: Page) {
  return page.getByRole('region', { name: 'Where you are signed in' }).getByRole('listitem');
}
