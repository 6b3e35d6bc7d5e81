// Holds every page to a budget of bytes: the scripts of a first visit, compressed as served, and the HTML as it is.
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { expect, type Page, test } from '@playwright/test';
import { readyToBuy, signIn } from './portal';
import { person } from './sandbox';
import { PORTAL } from './stack';

/**
 * The scripts of an app with one empty layout and one empty page, built and served by this version of Next: the sum of
 * the compressed bodies, without the polyfills, which today's browsers skip.
 */
const BARE = { next: '16.4.6', script: 134_904 };

interface Weight {
  /** Bytes of scripts above the bare page. */
  script: number;
  /** Bytes of the HTML in English. */
  html: number;
}
type Budgets = Record<string, Weight & { path?: string }>;

const PUBLIC: Budgets = {
  '/': { script: 20_000, html: 33_000 },
  '/sign-in': { script: 20_000, html: 21_000 },
  '/sign-in/check-email': { script: 20_000, html: 19_000 },
  '/sign-in/link': { script: 20_000, html: 22_000 },
  '/widget': { script: 33_000, html: 34_000 },
  '/_not-found': { script: 20_000, html: 18_000, path: '/no-such-page' },
};
const ACCOUNT: Budgets = {
  '/account': { script: 45_000, html: 38_000 },
  '/account/activity': { script: 46_000, html: 34_000 },
  '/account/activity/receipt': { script: 22_000, html: 26_000, path: '/account/activity/receipt?operation=none' },
  '/account/activity/statement': { script: 22_000, html: 32_000 },
  '/account/messages': { script: 22_000, html: 30_000 },
  '/account/buy': { script: 47_000, html: 36_000 },
  '/account/details': { script: 30_100, html: 52_000 },
  '/account/devices': { script: 22_000, html: 28_000 },
  '/account/help': { script: 22_000, html: 32_000 },
};
/** Lists without rows, because other tests add rows. */
const SUPPORT: Budgets = {
  '/operator': {
    script: 22_000,
    html: 25_000,
    path: '/operator?queue=all&after=0.00000000-0000-4000-8000-000000000000',
  },
  '/operator/audit': { script: 22_000, html: 24_000, path: '/operator/audit?before=1' },
  '/operator/integration': { script: 22_000, html: 52_000 },
  '/operator/customers/[id]': { script: 27_200, html: 52_000 },
  '/operator/customers/[id]/[action]': { script: 23_200, html: 28_000 },
  '/operator/customers/[id]/review': { script: 23_200, html: 25_000 },
  '/operator/review': { script: 22_000, html: 24_000 },
};

/** Sends a GET request as the page's browser does. @returns the body as served. */
async function download(page: Page, path: string, encoding = 'identity'): Promise<Buffer> {
  const cookies = await page.context().cookies(PORTAL.origin);
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const headers = { cookie, 'accept-language': 'en', 'accept-encoding': encoding };
  return new Promise((resolve, reject) => {
    get(new URL(path, PORTAL.origin), { headers }, (response) => resolve(buffer(response))).on('error', reject);
  });
}

/** Returns the addresses of the scripts in the HTML, and of those that the page loads afterwards. */
async function scriptsOf(page: Page, path: string, html: string): Promise<string[]> {
  const elements = [...html.matchAll(/<script\b[^>]*\bsrc="([^"]+)"[^>]*>/gi)];
  const modern = elements.filter(([element]) => !/nomodule/i.test(element)).map(([, source = '']) => source);
  const requested: URL[] = [];
  page.on('request', (request) => requested.push(new URL(request.url())));
  await page.goto(path, { waitUntil: 'networkidle' });
  page.removeAllListeners('request');
  const own = requested.filter(({ origin }) => origin === PORTAL.origin);
  // Each would cost the server a request for a page that nobody has asked for.
  expect(
    own.filter(({ searchParams }) => searchParams.has('_rsc')).map(({ pathname }) => pathname),
    `pages prefetched by ${path}`,
  ).toEqual([]);
  const loaded = own.map(({ pathname }) => pathname).filter((name) => /^\/_next\/static\/.*\.js$/.test(name));
  return [...new Set([...modern, ...loaded])];
}

async function weigh(page: Page, path: string): Promise<Weight> {
  const html = await download(page, path);
  const scripts = await scriptsOf(page, path, html.toString());
  const bodies = await Promise.all(scripts.map((script) => download(page, script, 'gzip')));
  const script = bodies.reduce((sum, { length }) => sum + length, 0) - BARE.script;
  return { script, html: html.length };
}

async function expectWithin(page: Page, budgets: Budgets): Promise<void> {
  for (const [route, budget] of Object.entries(budgets)) {
    const { script, html } = await weigh(page, budget.path ?? route);
    console.log(`${route}: ${(script / 1000).toFixed(1)} kB of script, ${(html / 1000).toFixed(1)} kB of HTML`);
    // Less than this is an error page, or a portal without scripts.
    expect(html, `bytes of HTML of ${route}`).toBeGreaterThan(10_000);
    expect(script, `bytes of script of ${route} above a bare page`).toBeGreaterThan(1_000);
    expect.soft(html, `bytes of HTML of ${route}`).toBeLessThanOrEqual(budget.html);
    expect.soft(script, `bytes of script of ${route} above a bare page`).toBeLessThanOrEqual(budget.script);
  }
}

test('the bare page was measured with the installed version of Next', () => {
  const { version } = JSON.parse(readFileSync('node_modules/next/package.json', 'utf8'));
  expect(version).toBe(BARE.next);
});

test('every page of the build has a budget', () => {
  const routes = JSON.parse(readFileSync('.next/app-path-routes-manifest.json', 'utf8')) as Record<string, string>;
  const pages = Object.entries(routes).filter(([file]) => file.endsWith('/page') && file !== '/_global-error/page');
  expect(Object.keys({ ...PUBLIC, ...ACCOUNT, ...SUPPORT }).sort()).toEqual(pages.map(([, route]) => route).sort());
});

test('public pages stay within their budgets', async ({ page }) => expectWithin(page, PUBLIC));

test("a customer's pages stay within their budgets", async ({ page }) => {
  await readyToBuy(page, person(78).sub);
  await expectWithin(page, ACCOUNT);
});

test('pages of the support console stay within their budgets', async ({ page, browser }) => {
  const customer = await browser.newPage();
  await signIn(customer, person(79).sub);
  await customer.close();
  await signIn(page, 'oksana-melnyk', { path: '/operator?queue=all' });
  const newest = await page.locator('a[href^="/operator/customers/"]').first().getAttribute('href');
  const file = { ...SUPPORT['/operator/customers/[id]'], path: newest };
  const review = { ...SUPPORT['/operator/customers/[id]/review'], path: `${newest}/review` };
  const action = { ...SUPPORT['/operator/customers/[id]/[action]'], path: `${newest}/block` };
  const ofCustomer = {
    '/operator/customers/[id]': file,
    '/operator/customers/[id]/review': review,
    '/operator/customers/[id]/[action]': action,
  };
  await expectWithin(page, { ...SUPPORT, ...ofCustomer } as Budgets);
});
