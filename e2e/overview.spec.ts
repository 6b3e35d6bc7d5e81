// The way from the landing page to the widget, and the overview: what comes first, and what is known while KunaCore is down.
import { type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test';
import { institution, providerName } from './institution';
import { slowDown } from './network';
import { agreeAndSave, buy, openWidget, readyToBuy, signIn, widget } from './portal';
import { changeCustomer, clearFaults, customersOf, person, setFault } from './sandbox';

test.afterEach(clearFaults);

/** Counts clicks and the time from the landing page to the widget. */
class Journey {
  #clicks = 0;
  #from = performance.now();

  async click(target: Locator): Promise<void> {
    this.#clicks += 1;
    await target.click();
  }

  /** Waits for the widget, prints the journey, and checks its clicks. Times are printed, never checked. */
  async expectWidget(page: Page, name: string, most: number): Promise<void> {
    await expect(widget(page).getByLabel('You pay')).toBeVisible();
    const milliseconds = Math.round(performance.now() - this.#from);
    console.log(`landing to widget, ${name}: ${this.#clicks} clicks, ${milliseconds} ms`);
    expect(this.#clicks).toBeLessThanOrEqual(most);
  }
}

/** What moved on a page by itself, and by how much. */
interface Shift {
  value: number;
  of: (string | undefined)[];
}

/** An entry of the Layout Instability API, which TypeScript does not know. */
interface LayoutShift {
  value: number;
  sources: { node: Node | null }[];
}

const ACCOUNT_PAGES = ['', '/details', '/activity', '/devices', '/messages', '/help', '/buy'].map(
  (page) => `/account${page}`,
);

test('the widget is at most six clicks away for a new customer whose bank knows everything, then two', async ({
  page,
}) => {
  const first = new Journey();
  await page.goto('/');
  await first.click(page.getByRole('link', { name: 'Open my account' }));
  await first.click(page.getByRole('button', { name: `Continue with ${providerName}` }));
  await page.waitForURL(/\/interaction\//);
  const choice = page.locator('button[name=sub]').first();
  await choice.evaluate((button) => button.setAttribute('value', 'sample-1820'));
  await first.click(choice);
  await first.click(page.getByRole('checkbox', { name: /^I agree/ }));
  await first.click(page.getByRole('button', { name: 'Continue' }));
  await first.expectWidget(page, 'first time', 6);

  const next = new Journey();
  await page.goto('/');
  await next.click(page.getByRole('link', { name: 'Open my account' }));
  await next.click(page.getByRole('button', { name: 'Buy crypto' }));
  await next.expectWidget(page, 'returning', 2);
});

test('greets by name, shows the balance first, and offers what is next only until the first purchase', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await readyToBuy(page, person(560).sub);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hello, Customer');
  const steps = page.getByRole('list', { name: 'Your way to the first purchase' });
  await expect(steps.getByRole('listitem')).toHaveText([
    /^Details\s*Done$/,
    /^Kuna’s check\s*Done$/,
    /^First purchase$/,
  ]);
  await expect(steps.locator('[aria-current=step]')).toHaveText('First purchase');
  const buttonBottom = async () => {
    const box = await page.getByRole('button', { name: 'Buy crypto' }).boundingBox();
    return (box?.y ?? 0) + (box?.height ?? 0);
  };
  await expect(page.getByRole('heading', { level: 2 }).first()).toHaveText('Your crypto');
  expect(await buttonBottom()).toBeLessThan(844 - 64);

  await page.setViewportSize({ width: 1280, height: 900 });
  await buy(await openWidget(page));
  await page.goto('/account');
  await expect(page.getByRole('row', { name: /^Bitcoin · BTC/ })).toContainText(
    new RegExp(`1 BTC = [\\d,.]+\\s${institution.currency}`),
  );
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toHaveCount(0);
  const purchase = page.getByRole('link', { name: /^Purchase/ });
  await expect(purchase).toContainText('Completed');
  await expect(purchase).toHaveAttribute('href', /^\/account\/activity\?operation=[\w-]+$/);
});

test('while KunaCore is down a new visit shows the last known figures with their time, also without script', async ({
  page,
  context,
  browser,
}) => {
  await readyToBuy(page, person(561).sub);
  await buy(await openWidget(page));
  await page.goto('/account');
  await expect(page.getByRole('row', { name: /^Bitcoin/ })).toBeVisible();
  await page.goto('/account/activity');
  await expect(page.getByRole('link', { name: /^Purchase/ })).toBeVisible();
  await page.close();

  await setFault({ endpoint: '*', kind: 'status', status: 503 });
  const later = await context.newPage();
  await later.goto('/account');
  await expect(later.getByText('These are the last known figures')).toBeVisible();
  await expect(later.getByText(/^As of \d\d:\d\d\./)).toBeVisible();
  await expect(later.getByRole('row', { name: /^Bitcoin/ })).toBeVisible();
  await later.goto('/account/activity');
  await expect(later.getByText(/This is what we knew as of \d\d:\d\d\./)).toBeVisible();
  await expect(later.getByRole('link', { name: /^Purchase/ })).toBeVisible();

  const plain = await withoutScript(browser.newContext({ javaScriptEnabled: false }), context);
  await plain.goto('/account');
  await expect(plain.getByText(/^As of \d\d:\d\d\./)).toBeVisible();
  await expect(plain.getByRole('link', { name: /^Purchase/ })).toBeVisible();
  await plain.context().close();

  // Another customer sees nothing of it.
  const stranger = await (await browser.newContext()).newPage();
  await signIn(stranger, person(562).sub);
  await stranger.goto('/account/activity');
  await expect(stranger.getByRole('link', { name: /^Purchase/ })).toHaveCount(0);
  await stranger.context().close();
});

async function withoutScript(created: Promise<BrowserContext>, signedIn: BrowserContext): Promise<Page> {
  const context = await created;
  await context.addCookies(await signedIn.cookies());
  return context.newPage();
}

test('notices a wallet that Kuna has put on hold, without a reload', async ({ page }) => {
  const { sub, email } = person(563);
  await signIn(page, sub);
  await agreeToBuy(page);
  const [customer] = await customersOf(email);
  await changeCustomer(customer?.id ?? '', { walletStatus: 'Suspicious' });
  // In the navigation: the buy page may notice it too, and then has no widget to go back from.
  await page.getByRole('link', { name: 'Overview' }).click();
  await expect(page.getByRole('heading', { name: 'Your wallet is on hold' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Buy crypto' })).toHaveCount(0);
});

/** Saves on the way to buying, which leads to the widget. */
async function agreeToBuy(page: Page): Promise<void> {
  await page.getByLabel('Document number').fill('FE563001');
  await page.getByRole('checkbox', { name: /^I agree/ }).check();
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(widget(page).getByLabel('You pay')).toBeVisible();
}

test('an edit is saved as a change, and stays out of the widget', async ({ page }) => {
  await readyToBuy(page, person(564).sub);
  await page.goto('/account/details');
  await expect(page.getByRole('button', { name: 'Save and continue' })).toHaveCount(0);
  await expect(page.getByText(/^You agreed on/)).toBeVisible();
  await expect(page.getByRole('checkbox', { name: /^I agree/ })).toHaveCount(0);
  await agreeAndSave(page, 'FE564002');
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
});

test('no page shifts while it arrives slowly, on a phone and on a desktop', async ({ page }) => {
  test.slow();
  await readyToBuy(page, person(565).sub);
  await page.addInitScript(() => {
    const shifts: Shift[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries() as unknown as LayoutShift[]) {
        shifts.push({ value, of: sources.map(({ node }) => node?.textContent?.slice(0, 80) ?? node?.nodeName) });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await slowDown(page);
  for (const viewport of [
    { width: 1280, height: 900 },
    { width: 390, height: 844 },
  ]) {
    await page.setViewportSize(viewport);
    for (const path of ['/', '/sign-in', '/no-such-page', ...ACCOUNT_PAGES]) {
      await page.goto(path, { waitUntil: 'networkidle' });
      const shifts = await page.evaluate(() => (window as unknown as { shifts: Shift[] }).shifts);
      // How many purchases there are is known only once the list has come.
      const bound = path === '/account/activity' ? 0.05 : 0;
      const sum = shifts.reduce((total, { value }) => total + value, 0);
      expect(sum, `${path} at ${viewport.width}: ${JSON.stringify(shifts)}`).toBeLessThanOrEqual(bound);
    }
  }
});
