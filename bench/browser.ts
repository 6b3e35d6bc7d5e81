import { type Browser, type BrowserContext, chromium, devices } from '@playwright/test';
import { browserPath } from '../e2e/browser';
import type { Browser as Person } from '../e2e/http-browser';

/** Runs `work` with a browser, and ends it. */
export async function withBrowser<T>(work: (browser: Browser) => Promise<T>): Promise<T> {
  const args = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'];
  const browser = await chromium.launch({ executablePath: browserPath(), args });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/** Opens a browser profile without cache, in which this person is signed in. */
export async function profileOf(browser: Browser, person?: Person): Promise<BrowserContext> {
  const context = await browser.newContext({ userAgent: devices['Desktop Chrome'].userAgent });
  const cookies = person?.cookie.split('; ').map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return { name, value: value.join('='), domain: 'localhost', path: '/' };
  });
  if (cookies) await context.addCookies(cookies);
  return context;
}
