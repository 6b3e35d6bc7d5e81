// The sandbox's console: each click changes what the portal shows.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { confirmDetails, signIn } from './portal';
import { clearFaults, customersOf, person, setSwitches } from './sandbox';
import { PORTAL, SANDBOX } from './stack';

test.afterEach(async () => {
  await clearFaults();
  await setSwitches({ verification: 'accepted', successCode: 201 });
});

/** Presses a button of a group in a card of the console. */
async function press(page: Page, path: string, card: string, group: string, choice: string): Promise<void> {
  await page.goto(SANDBOX.api + path);
  await page
    .locator(`[id="${card}"]`)
    .getByRole('group', { name: group })
    .getByRole('button', { name: choice })
    .click();
  await expect(page.getByRole('status')).not.toBeEmpty();
}

test('each control of the console changes what the portal shows', async ({ page, context }) => {
  const { sub, email } = person(1961);
  const shows = (name: string) => expect(page.getByRole('heading', { name })).toBeVisible({ timeout: 30_000 });
  const console = await context.newPage();

  await press(console, '/answers', 'verification', 'The status of a new customer', 'pending');
  await signIn(page, sub);
  await confirmDetails(page);
  await shows('Kuna is verifying you');
  await press(console, '/', sub, 'Kuna’s verification', 'Accepted');
  await shows('Ready to buy');
  await press(console, '/', sub, 'Wallet status', 'Blocked');
  await page.getByRole('button', { name: 'Buy crypto' }).click();
  await shows('Your wallet is on hold');

  const [customer] = await customersOf(email);
  await console.goto(`${SANDBOX.api}/purchases`);
  await console.getByLabel('Who buys').selectOption(customer?.id ?? '');
  await console.getByLabel('Becomes').selectOption('OnHold');
  await console.getByRole('button', { name: 'Create' }).click();
  await page.goto(`${PORTAL.origin}/account/activity`);
  await expect(page.getByText('On hold').filter({ visible: true })).toBeVisible();

  await press(console, '/failures', 'kunacore', 'The API', 'Down');
  await page.goto(`${PORTAL.origin}/account`);
  await expect(page.getByText('We can’t reach Kuna right now').first()).toBeVisible();

  await console.goto(SANDBOX.api);
  await console.locator(`#${sub}`).getByRole('button', { name: 'End this session' }).click();
  await page.goto(`${PORTAL.origin}/account`);
  await page.waitForURL(/\/sign-in/);
});

test('the console is usable without a mouse, in the dark and on a phone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  // The pages share their colours, so each is looked at in one of the two.
  for (const [path, colorScheme] of [
    ['/', 'dark'],
    ['/purchases', 'light'],
    ['/failures', 'dark'],
    ['/answers', 'light'],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(SANDBOX.api + path);
    expect((await new AxeBuilder({ page }).analyze()).violations, path).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), path).toBeLessThanOrEqual(0);
  }
  await page.getByRole('group', { name: 'The status of a success' }).getByRole('button', { name: '200' }).focus();
  await page.keyboard.press('Enter');
  const chosen = page.getByRole('group', { name: 'The status of a success' }).getByRole('button', { name: '200' });
  await expect(chosen).toHaveAttribute('aria-pressed', 'true');
});
