// The sandbox's console: each click changes what the portal shows.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { readyToBuy } from './portal';
import { clearFaults, controlKyc, customersOf, person } from './sandbox';
import { PORTAL, SANDBOX } from './stack';

test.afterEach(async () => {
  await clearFaults();
  await controlKyc('reset', {});
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
  await readyToBuy(page, sub);
  const heading = (name: string | RegExp) => expect(page.getByRole('heading', { name })).toBeVisible();
  const look = async () => void (await page.goto(`${PORTAL.origin}/account`));
  const console = await context.newPage();

  await press(console, '/', sub, 'Kuna’s verification', 'Pending');
  await look();
  await heading('Kuna is verifying you');
  await press(console, '/', sub, 'Kuna’s verification', 'Accepted');
  await press(console, '/', sub, 'Wallet status', 'Blocked');
  await look();
  await heading('Your wallet is on hold');
  await press(console, '/', sub, 'Wallet status', 'Active');

  const [customer] = await customersOf(email);
  await console.goto(`${SANDBOX.api}/purchases`);
  await console.getByLabel('Who buys').selectOption(customer?.id ?? '');
  await console.getByLabel('Becomes').selectOption('OnHold');
  await console.getByRole('button', { name: 'Create' }).click();
  await page.goto(`${PORTAL.origin}/account/activity`);
  await expect(page.getByText('On hold').first()).toBeVisible();

  await press(console, '/failures', 'kunacore', 'The API', 'Down');
  await look();
  await expect(
    page.getByText('These are the last known figures').or(page.getByText('We can’t reach Kuna right now')).first(),
  ).toBeVisible();
  await press(console, '/failures', 'kunacore', 'The API', 'Works');

  await console.goto(SANDBOX.api);
  await console.locator(`#${sub}`).getByRole('button', { name: 'End this session' }).click();
  await look();
  await page.waitForURL(/\/sign-in/);
});

test('the console is usable without a mouse, in the dark and on a phone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const path of ['/', '/purchases', '/failures', '/answers']) {
      await page.goto(SANDBOX.api + path);
      expect((await new AxeBuilder({ page }).analyze()).violations, `${path} ${scheme}`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), path).toBeLessThanOrEqual(0);
    }
  }
  await page.getByRole('group', { name: 'The status of a success' }).getByRole('button', { name: '200' }).focus();
  await page.keyboard.press('Enter');
  const chosen = page.getByRole('group', { name: 'The status of a success' }).getByRole('button', { name: '200' });
  await expect(chosen).toHaveAttribute('aria-pressed', 'true');
});
