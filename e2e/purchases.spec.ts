// What the portal says of a purchase: in each status, where it is noticed, and at its address.
import { expect, type Page, test } from '@playwright/test';
import { buy, openWidget, order, readyToBuy, signIn, widget } from './portal';
import { clearFaults, person, setFault } from './sandbox';
import { PORTAL } from './stack';

test.afterEach(clearFaults);

/** Buys three times without waiting for the results. */
async function orderThree(page: Page): Promise<void> {
  for (const amount of ['2000', '100.13', '100.26']) {
    await page.goto('/account/buy');
    await order(widget(page), amount);
    await expect(widget(page).getByRole('heading', { name: 'Buy crypto' })).toHaveCount(0);
  }
}

const noticed = (page: Page, text: string) => page.locator('[aria-atomic]').filter({ hasText: text });
const row = (page: Page, amount: string) => page.getByRole('link', { name: /^Purchase/ }).filter({ hasText: amount });

test('a declined purchase, one on hold and a completed one each say what happened, everywhere', async ({ page }) => {
  await readyToBuy(page, person(500).sub);
  await orderThree(page);
  // The page of the last one notices its end.
  await expect(noticed(page, 'Purchase on hold')).toContainText('100.26 UAH → ');
  await expect(noticed(page, 'Purchase on hold')).toContainText('prevent money laundering');

  await page.goto('/account/activity');
  const statuses = ['Completed', 'Declined', 'On hold'];
  for (const status of statuses) await expect(row(page, status)).toHaveCount(1);
  const expected: Record<string, [has: string[], hasNot: string[]]> = {
    Completed: [
      ['Paid', '2,000 UAH', 'Received', 'Bitcoin', 'Fee', 'Kuna doesn’t state the currency', 'in your Kuna wallet'],
      ['You pay', 'Would'],
    ],
    Declined: [
      ['Amount', '100.13 UAH', 'Would have received', 'Nothing was bought.'],
      ['Paid', 'You pay', 'Fee', 'charged'],
    ],
    'On hold': [
      ['You pay', '100.26 UAH', 'You get', '(AML)'],
      ['Paid', 'Received', 'Nothing was bought'],
    ],
  };
  for (const status of statuses) {
    const [has = [], hasNot = []] = expected[status] ?? [];
    await row(page, status).click();
    const drawer = page.getByRole('dialog', { name: 'Purchase' });
    for (const text of has) await expect(drawer).toContainText(text);
    for (const text of hasNot) await expect(drawer).not.toContainText(text);
    await page.keyboard.press('Escape');
    await expect(drawer).toHaveCount(0);
  }
  const file = await (await page.request.get('/api/account/operations.csv')).text();
  expect(file).toMatch(/,Declined,100\.13,UAH,.*,Kuna declined this purchase\. Nothing was bought\.\r\n/);

  // The overview has each as a link, with amount and status.
  await page.goto('/account');
  for (const status of statuses) await expect(row(page, status)).toContainText('BTC');
  await row(page, 'Declined').click();
  await page.waitForURL(/\/account\/activity\?operation=/);
  await expect(page.getByRole('dialog')).toContainText('Nothing was bought.');
});

test('an operation pressed in the first moment of the page opens', async ({ page }) => {
  await readyToBuy(page, person(505).sub);
  await buy(await openWidget(page));
  // As soon as React knows the link. Next follows the address a little later.
  await page.addInitScript(() => {
    const turn = new MessageChannel();
    turn.port1.onmessage = () => {
      const link = document.querySelector<HTMLElement>('main a[href*="operation="]');
      if (link && Object.keys(link).some((key) => key.startsWith('__reactFiber'))) link.click();
      else turn.port2.postMessage(null);
    };
    turn.port2.postMessage(null);
  });
  for (let visit = 0; visit < 3; visit += 1) {
    await page.goto('/account/activity');
    await expect(page.getByRole('dialog', { name: 'Purchase' })).toContainText('Completed');
  }
});

/** Shows a tab as a person does who returns to it. A headless browser focuses none. */
async function returnTo(tab: Page): Promise<void> {
  await tab.bringToFront();
  await tab.evaluate(() => window.dispatchEvent(new Event('focus')));
}

test('a purchase is noticed under the frame, on the overview and in the activity, and survives an outage of KunaCore', async ({
  page,
  context,
}) => {
  await readyToBuy(page, person(501).sub);
  const [overview, activity] = [await context.newPage(), await context.newPage()];
  await overview.goto('/account');
  await activity.goto('/account/activity');
  await expect(activity.getByText('Nothing yet')).toBeVisible();
  await expect(overview.getByText('No operations yet.')).toBeVisible();
  await page.bringToFront();
  const frame = await openWidget(page);
  await page.locator('iframe').evaluate((element) => Object.assign(element, { isTheFirst: true }));

  await order(frame, '2000');
  await expect(noticed(page, 'Purchase')).toContainText('2,000 UAH → ');
  await expect(noticed(page, 'Purchase completed')).toBeVisible();
  await noticed(page, 'Purchase completed').getByRole('link', { name: 'View' }).click();
  const drawer = page.getByRole('dialog', { name: 'Purchase' });
  await expect(drawer).toContainText('Paid');
  await page.goBack();
  await expect(drawer).toHaveCount(0);
  for (const tab of [overview, activity]) {
    await returnTo(tab);
    await expect(row(tab, 'Completed')).toBeVisible();
  }

  await page.bringToFront();
  await frame.getByRole('button', { name: 'Buy more' }).click();
  await order(frame, '100.26');
  await setFault({ endpoint: '*', kind: 'status', status: 503 });
  await expect(page.getByText(/^We can’t reach Kuna right now\. This is what we knew as of/)).toBeVisible();
  await expect(noticed(page, 'Purchase completed')).toBeVisible();
  await returnTo(activity);
  await expect(activity.getByText(/This is what we knew as of \d\d:\d\d/)).toBeVisible();
  await expect(row(activity, 'Completed')).toBeVisible();
  await page.bringToFront();
  await clearFaults();
  await expect(noticed(page, 'Purchase on hold')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('We can’t reach Kuna right now')).toHaveCount(0);
  // The widget was never opened again.
  expect(await page.locator('iframe').evaluate((element) => 'isTheFirst' in element)).toBe(true);
});

test('an operation has an address: Back closes it, a reload and a link show it, a foreign or unknown one is not found', async ({
  page,
  browser,
}) => {
  await readyToBuy(page, person(502).sub);
  await order(await openWidget(page), '100.26');
  await page.goto('/account');
  await page.goto('/account/activity');
  await row(page, 'BTC').click();
  const drawer = page.getByRole('dialog', { name: 'Purchase' });
  await expect(drawer).toBeVisible();
  const address = page.url();
  expect(address).toContain('/account/activity?operation=');
  await page.goBack();
  await expect(drawer).toHaveCount(0);
  await expect(page).toHaveURL(/\/account\/activity$/);
  await page.goForward();
  await expect(drawer).toBeVisible();
  await page.reload();
  await expect(drawer).toBeVisible();
  await drawer.getByRole('button', { name: 'Close' }).click();
  await expect(page).toHaveURL(/\/account\/activity$/);
  await expect(drawer).toHaveCount(0);

  // The list of this address does not have it.
  await page.goto(`${address}&status=Declined`);
  await expect(drawer).toContainText('100.26 UAH');
  await drawer.getByRole('button', { name: 'Close' }).click();
  await expect(page).toHaveURL(/\/account\/activity\?status=Declined$/);

  // Support may send it to a customer who is signed out.
  const later = await browser.newPage();
  await signIn(later, person(502).sub, { path: address.slice(PORTAL.origin.length) });
  await expect(later.getByRole('dialog', { name: 'Purchase' })).toContainText('100.26 UAH');
  await later.close();

  const other = await browser.newPage();
  await readyToBuy(other, person(503).sub);
  for (const path of [address, '/account/activity?operation=no-such-operation']) {
    await other.goto(path);
    await expect(other.getByRole('dialog')).toContainText('We can’t find this operation');
    await expect(other.getByRole('dialog')).not.toContainText('100.26');
  }
  await other.close();
});
