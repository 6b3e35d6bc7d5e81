// The whole flow by keyboard, with key presses that a person could make.
// ASVS 5.0: 7.4.4
import { expect, type Locator, type Page, test } from '@playwright/test';
import { providerName } from './institution';
import { signIn, widget } from './portal';
import { pathsOf, person } from './sandbox';

/** An upper bound for the tab stops of a page. */
const STOPS = 90;

/** Presses Tab until the element has the focus, and asserts that the focus is visible. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let stop = 0; stop < STOPS; stop += 1) {
    if (await hasFocus(target)) {
      expect(await target.evaluate((element) => getComputedStyle(element).outlineStyle)).not.toBe('none');
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not get to ${target}`);
}

async function hasFocus(target: Locator): Promise<boolean> {
  if ((await target.count()) === 0) return false;
  return target.evaluate((element) => element === element.ownerDocument.activeElement);
}

async function press(page: Page, target: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

test('a person signs in, confirms details, buys, finds the purchase and signs out without a mouse', async ({
  page,
}) => {
  const { sub, email } = person(91);
  await page.goto('/');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await press(page, page.getByRole('link', { name: 'Open my account' }));
  await page.waitForURL(/\/sign-in/);
  await press(page, page.getByRole('button', { name: `Continue with ${providerName}` }));
  await page.waitForURL(/\/interaction\//);
  // A person of this test's own, behind the first button.
  const first = page.locator('button[name=sub]').first();
  await first.evaluate((button, value) => button.setAttribute('value', value), sub);
  await press(page, first);
  await page.waitForURL('**/account/details?then=buy');

  await tabTo(page, page.getByLabel('Country', { exact: true }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('combobox', { name: 'Search by name or code' })).toBeFocused();
  await page.keyboard.type('pola');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Country', { exact: true })).toHaveValue('PL');
  await expect(page.getByLabel('Country', { exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(page.getByLabel('Country', { exact: true })).toBeFocused();
  await expect(page.getByLabel('Country', { exact: true })).toHaveValue('PL');
  await tabTo(page, page.getByLabel('Document number'));
  await page.keyboard.type('PASS12345');
  await press(page, page.getByRole('checkbox'), 'Space');
  await press(page, page.getByRole('button', { name: 'Save and continue' }));
  await page.waitForURL('**/account/buy');
  const menu = page.locator('header summary', { hasText: 'Menu' });
  await tabTo(page, menu);
  await page.keyboard.press('Enter');
  await tabTo(page, page.locator('header details').getByRole('link', { name: 'Help' }));
  await page.keyboard.press('Escape');
  await expect(menu).toBeFocused();
  await expect(page.getByRole('link', { name: 'Help' })).toHaveCount(0);

  const frame = widget(page);
  await expect(frame.getByRole('heading', { name: 'Buy crypto' })).toBeVisible();
  await tabTo(page, frame.getByLabel('You pay'));
  await page.keyboard.type('1000');
  await press(page, frame.getByRole('button', { name: 'Get quote' }));
  await expect(frame.getByRole('button', { name: 'Buy BTC' })).toBeVisible();
  await press(page, frame.getByRole('button', { name: 'Buy BTC' }));
  await expect(frame.getByText('Completed', { exact: true })).toBeVisible({ timeout: 20_000 });

  // Leave the frame and continue.
  await press(page, page.getByRole('link', { name: 'Back to your account' }));
  await page.waitForURL('**/account');
  await press(page, page.getByRole('link', { name: 'All activity' }));
  await page.waitForURL('**/account/activity');
  const operation = page.getByRole('link', { name: /^Purchase/ }).first();
  await press(page, operation);
  await expect(page.getByRole('dialog', { name: 'Purchase' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(operation).toBeFocused();
  await press(page, page.getByRole('button', { name: 'Sign out' }));
  await expect(page.getByText('You are signed out.')).toBeVisible();
  await expect.poll(() => pathsOf(email)).toContain('/v2/ramp/invalidate');
});

test('a supervisor finds a customer, blocks them with a reason and asks to undo it, without a mouse', async ({
  page,
  browser,
}) => {
  test.setTimeout(120_000);
  const { sub, email } = person(94);
  const theirs = await (await browser.newContext()).newPage();
  await signIn(theirs, sub);
  await signIn(page, 'oksana-melnyk', { path: '/operator' });
  await tabTo(page, page.getByLabel('Find a customer'));
  await page.keyboard.type(email);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/operator\/customers\//);
  await press(page, page.getByRole('link', { name: 'Block sign-in' }));
  await page.waitForURL(/\/block$/);
  await giveReason(page, 'suspected-misuse', 'Calls from a number that is not theirs.');
  await press(page, page.getByRole('button', { name: 'Yes: Block sign-in' }));
  await expect(page.getByText('Sign-in is blocked.')).toBeVisible();
  await theirs.goto('/account');
  await expect(theirs).toHaveURL(/\/sign-in/);
  await press(page, page.getByRole('link', { name: 'Undo' }));
  await page.waitForURL(/\/unblock$/);
  await giveReason(page, 'mistake', 'The number is theirs after all.');
  await press(page, page.getByRole('button', { name: 'Request: Unblock' }));
  await expect(page.getByText('Requested. A second supervisor has to confirm it.')).toBeVisible();
  await press(page, page.locator('summary', { hasText: 'Technical details' }));
  await expect(page.getByRole('list', { name: 'Technical details' })).toBeVisible();
  await press(page, page.getByRole('button', { name: 'Withdraw' }));
  await expect(page.getByText('The request is closed. Nothing was changed.')).toBeVisible();
  await tabTo(page, page.getByLabel('New note'));
  await page.keyboard.type('Called back.');
  await press(page, page.getByRole('button', { name: 'Add note' }));
  await expect(page.getByText('The note is stored.')).toBeVisible();
});

/** Chooses a reason with the arrow keys, and types a text. */
async function giveReason(page: Page, reason: string, text: string): Promise<void> {
  const select = page.getByLabel('Reason');
  await tabTo(page, select);
  for (let step = 0; step < 5 && (await select.inputValue()) !== reason; step += 1)
    await page.keyboard.press('ArrowDown');
  await expect(select).toHaveValue(reason);
  await tabTo(page, page.getByLabel(/^In your own words/));
  await page.keyboard.type(text);
}
