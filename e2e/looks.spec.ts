// Every page, light and dark, on a desktop and a phone: no accessibility violation, nothing wider than the screen.
// With SCREENSHOTS=<folder> it also keeps a picture of each: SCREENSHOTS=/tmp/pages npx playwright test e2e/looks.spec.ts
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { agreeAndSave, openWidget, readyToBuy, signIn, widget } from './portal';
import { clearFaults, person, setFault } from './sandbox';

const SCREENS = [
  { name: 'desktop', viewport: { width: 1280, height: 900 } },
  { name: 'phone', viewport: { width: 390, height: 844 } },
];
const THEMES = ['light', 'dark'] as const;

test.setTimeout(120_000);
test.afterEach(clearFaults);

/** Looks at the page as it is now, on every screen and in every theme. */
async function look(page: Page, name: string): Promise<void> {
  for (const screen of SCREENS) {
    await page.setViewportSize(screen.viewport);
    for (const colorScheme of THEMES) {
      // Without motion, so that nothing is judged half-way between two colours.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await repainted(page, colorScheme);
      const where = `${name}-${screen.name}-${colorScheme}`;
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(excess, `${where}: pixels beyond the screen`).toBeLessThanOrEqual(0);
      // The widget is Kuna's: what is inside it is not ours to judge here.
      const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze();
      expect(
        violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`),
        where,
      ).toEqual([]);
      if (process.env.SCREENSHOTS) {
        await page.screenshot({ path: path.join(process.env.SCREENSHOTS, `${where}.png`), fullPage: true });
      }
    }
  }
}

/** With a frame of another origin the page may take a moment to change its colours: nothing is judged in between. */
async function repainted(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.waitForFunction((scheme) => matchMedia(`(prefers-color-scheme: ${scheme})`).matches, colorScheme);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

test('pages that anybody can see', async ({ page }) => {
  await page.goto('/');
  await look(page, 'landing');
  await page.goto('/widget');
  await expect(widget(page).getByLabel('E-mail')).toBeVisible();
  await look(page, 'public-widget');
  await page.goto('/sign-in');
  await look(page, 'sign-in');
  await page.getByLabel('E-mail').fill('no address');
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await expect(page.getByText('Enter an e-mail address like')).toBeVisible();
  await look(page, 'sign-in-bad-email');
  await page.goto('/sign-in?error=EmailNotVerified');
  await look(page, 'sign-in-error');
  await page.goto('/sign-in/check-email');
  await look(page, 'check-email');
  await page.goto('/sign-in?signed-out');
  await look(page, 'signed-out');
  await page.goto('/nowhere');
  await look(page, 'not-found');
});

test('pages of the account', async ({ page }) => {
  await signIn(page, person(50).sub);
  await look(page, 'account-details-missing');
  await page.goto('/account/details');
  await look(page, 'details');
  await page.getByLabel('First name').fill('');
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'attention' })).toBeVisible();
  await look(page, 'details-errors');
  await page.getByLabel('First name').fill('Customer');
  await setFault({ endpoint: '/v2/customer/create', kind: 'status', status: 503 });
  await agreeAndSave(page);
  await look(page, 'account-creating');
  await clearFaults();
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('No operations yet.')).toBeVisible();
  await look(page, 'account-ready');
  await openWidget(page);
  await look(page, 'buy');
  await page.goto('/account/devices');
  await expect(page.getByText('This device', { exact: true })).toBeVisible();
  await look(page, 'devices');
});

test('states of the buy page', async ({ page }) => {
  await readyToBuy(page, person(51).sub);
  await setFault({ endpoint: '/v2/ramp/token', kind: 'status', status: 503 });
  await page.getByRole('button', { name: 'Buy crypto' }).click();
  await expect(widget(page).getByRole('heading', { name: 'Kuna cannot be reached right now' })).toBeVisible();
  await look(page, 'buy-kunacore-down');
  await clearFaults();
  await page.reload();
  await expect(widget(page).getByText(/^Wallet of/)).toBeVisible();
  const other = await page.context().newPage();
  await other.goto('/account/buy');
  await other.getByRole('button', { name: "End Kuna's access" }).click();
  await other.waitForURL('**/account');
  await other.close();
  await expect(page.getByRole('heading', { name: "Kuna's access has been ended" })).toBeVisible();
  await look(page, 'buy-ended');
});
