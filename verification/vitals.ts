// npm run --prefix verification vitals: Google's Web Vitals of a customer's way from the landing page to the widget, on a
// phone: LCP, CLS and INP. Prints them and fails above the limits. Needs `npm run build`.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, devices, type Page } from '@playwright/test';
import { browserPath } from '../e2e/browser';
import { agreeAndSave, buy, openWidget, signIn, widget } from '../e2e/portal';
import { person } from '../e2e/sandbox';
import { PORTAL } from '../e2e/stack';
import { withPortal } from './with-portal';

/** What Google calls good (web.dev/articles/vitals). The aim is half. Milliseconds, except CLS. */
const LIMITS = { LCP: 2500, CLS: 0.1, INP: 200 };
type Vitals = Record<keyof typeof LIMITS, number>;

/** Lighthouse's mobile profile: 150 ms, 1.6 Mbit/s down, 0.75 up, a processor four times slower. */
const LINE = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const SLOWDOWN = 4;

/** Runs in each page, behind the library. A page that never shifts reports no CLS. A text, because tsx adds names to functions. */
const OBSERVE = `
globalThis.vitals = { CLS: 0 };
for (const on of ['onLCP', 'onCLS', 'onINP'])
  globalThis.webVitals[on](({ name, value }) => { vitals[name] = value; }, { reportAllChanges: true, durationThreshold: 16 });
`;

/** Each page with what a person does there. */
const PAGES: Record<string, (page: Page) => Promise<void>> = {
  '/': (page) => page.locator('summary').first().tap(),
  '/sign-in': async (page) => {
    await page.getByLabel('E-mail').tap();
    await page.keyboard.type('olena');
  },
  '/account/details': async (page) => {
    await page.getByLabel('Document number').tap();
    await page.keyboard.type('FE9');
  },
  '/account': async (page) => {
    await page.getByLabel('Show values in').selectOption('EUR');
    await page.locator('summary').first().tap();
  },
  '/account/buy': async (page) => {
    await widget(page).getByLabel('You pay').waitFor();
    await page.locator('summary').first().tap();
  },
};

process.exitCode = (await withPortal(measure)) ? 0 : 1;

async function measure(): Promise<boolean> {
  const browser = await chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox'] });
  try {
    const context = await browser.newContext({ ...devices['Pixel 7'], baseURL: PORTAL.origin, locale: 'en' });
    await context.addInitScript(library() + OBSERVE);
    let areGood = true;
    for (const [path, act] of Object.entries(PAGES)) {
      const page = await context.newPage();
      if (path === '/account/details') await become(page);
      areGood = report(path, await vitalsOf(page, path, act)) && areGood;
      await page.close();
    }
    return areGood;
  } finally {
    await browser.close();
  }
}

/** Signs a customer in who has bought. */
async function become(page: Page): Promise<void> {
  await signIn(page, person(1).sub, { path: '/account/details' });
  await agreeAndSave(page);
  await buy(await openWidget(page));
}

async function vitalsOf(page: Page, path: string, act: (page: Page) => Promise<void>): Promise<Vitals> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', LINE);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  await page.goto(path, { waitUntil: 'networkidle' });
  await act(page);
  await page.waitForFunction(() => 'INP' in (window as unknown as { vitals: object }).vitals);
  // LCP is final after the first input. Later events of the same act may still be slower.
  await page.waitForTimeout(1_000);
  return page.evaluate(() => (window as unknown as { vitals: Vitals }).vitals);
}

/** Prints the figures of a page. @returns whether they keep the limits. */
function report(path: string, vitals: Vitals): boolean {
  const names = Object.keys(LIMITS) as (keyof Vitals)[];
  const figures = names.map((name) => {
    const value = name === 'CLS' ? vitals[name].toFixed(3) : `${Math.round(vitals[name])} ms`;
    const word = vitals[name] > LIMITS[name] ? ' TOO MUCH' : vitals[name] > LIMITS[name] / 2 ? ' above the aim' : '';
    return `${name} ${value}${word}`;
  });
  console.log(`${path.padEnd(18)} ${figures.join(' · ')}`);
  return names.every((name) => vitals[name] <= LIMITS[name]);
}

/** The library as a script of a page. */
function library(): string {
  return readFileSync(createRequire(import.meta.url).resolve('web-vitals'), 'utf8');
}
