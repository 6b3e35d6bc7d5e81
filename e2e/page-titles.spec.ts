// A page that changes without a load has its title at every instant, and a screen reader announces it.
import { expect, type Page, test } from '@playwright/test';
import { slowDown } from './network';
import { askForLink, readyToBuy } from './portal';
import { person } from './sandbox';

interface Seen {
  /** What the tab showed, in the order of changes. */
  titles: string[];
  /** What a screen reader announced. */
  announced: string[];
}

/** Records the titles and announcements of each document, frame by frame. */
async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen: Seen = { titles: [], announced: [] };
    Object.assign(window, { seen });
    function add(list: string[], text: string): void {
      if (list.at(-1) !== text) list.push(text);
    }
    function watch(): void {
      const announcer = document.querySelector('next-route-announcer')?.shadowRoot?.textContent;
      if (announcer) add(seen.announced, announcer);
      if (document.body) add(seen.titles, document.title);
      requestAnimationFrame(watch);
    }
    requestAnimationFrame(watch);
  });
}

function seenBy(page: Page): Promise<Seen> {
  return page.evaluate(() => (window as unknown as { seen: Seen }).seen);
}

/** Returns the title in the server's HTML of a page, which a browser without script shows too. */
async function servedTitle(page: Page, path: string): Promise<string> {
  const html = await (await page.request.get(path)).text();
  const titles = [...html.matchAll(/<title>([^<]+)<\/title>/g)];
  expect(titles, path).toHaveLength(1);
  expect(html.indexOf('<title>'), path).toBeLessThan(html.indexOf('</head>'));
  return titles[0]?.[1] ?? '';
}

/** The tab changed from title to title without a gap, and a screen reader announced all but the first. */
async function expectTitles(page: Page, titles: string[]): Promise<void> {
  await expect.poll(() => seenBy(page)).toEqual({ titles, announced: titles.slice(1) });
}

test('the tab has a title at every instant of a walk through the account', async ({ page }) => {
  test.slow();
  await listen(page);
  await readyToBuy(page, person(566).sub);
  await page.goto('/account');
  const links = page.locator('[data-tab-bar] a');
  const paths = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
  expect(paths.length).toBeGreaterThan(3);
  const seen = [await servedTitle(page, '/account')];
  await slowDown(page);
  for (const path of [...paths.slice(1), ...paths.toReversed().slice(1)]) {
    seen.push(await servedTitle(page, path));
    await page.locator(`[data-tab-bar] a[href="${path}"]`).click();
    await expectTitles(page, seen);
  }
  expect(new Set(seen).size).toBe(paths.length);
});

test('so it has when a form leads to another page', async ({ page }) => {
  await listen(page);
  await page.goto('/sign-in');
  await slowDown(page);
  await askForLink(page, 'titles@example.com');
  const titles = [await servedTitle(page, '/sign-in'), await servedTitle(page, '/sign-in/check-email')];
  await expectTitles(page, titles);
});
