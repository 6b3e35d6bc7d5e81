import { type Browser, chromium, type Frame, type Page } from '@playwright/test';
import { browserPath } from '../../e2e/browser';
import { widgetAddress } from './plain-open';
import { type Open, toFeatures } from './screens';

/**
 * The page around the frame is made here, so that Chromium cannot know its network, and would keep it from a widget on a
 * private one.
 */
const ARGS = ['--no-sandbox', '--disable-features=LocalNetworkAccessChecks'];

/** Starts a browser. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: browserPath(), args: ARGS });
}

/** The longest time that a widget gets to become quiet. */
const SETTLED_MS = 8_000;

/** Opens the widget in a browser of its own cookies each time, at the top of a tab. */
export function browserOpen(browser: Browser, widgetUrl: string): Open {
  return async (parameters, userAgent) => {
    const context = await browser.newContext({ userAgent, ignoreHTTPSErrors: false });
    try {
      const page = await context.newPage();
      const requests: string[] = [];
      page.on('response', (response) => {
        const { origin, pathname } = new URL(response.url());
        requests.push(`${response.request().method()} ${origin}${pathname} ${response.status()}`);
      });
      const response = await page.goto(widgetAddress(widgetUrl, parameters), { timeout: 20_000 });
      await settle(page);
      const { text, controls } = await readPage(page);
      return {
        status: response?.status() ?? null,
        headers: response?.headers() ?? {},
        features: toFeatures({ text, controls, requests }),
      };
    } finally {
      await context.close();
    }
  };
}

/** Waits until the page loads nothing more. A page that polls gets its time and is taken as it is. */
export async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: SETTLED_MS }).catch(() => {});
}

/** Reads text and controls of all frames, nested ones included. */
async function readPage(page: Page): Promise<{ text: string; controls: string[] }> {
  const parts = await Promise.all(page.frames().map((frame) => readFrame(frame).catch(() => null)));
  const known = parts.filter((part) => part !== null);
  return { text: known.map(({ text }) => text).join('\n'), controls: known.flatMap(({ controls }) => controls) };
}

async function readFrame(frame: Frame): Promise<{ text: string; controls: string[] }> {
  // biome-ignore lint/performance/useDomNodeTextContent: unlike textContent, it leaves out what is not shown.
  const text = await frame.locator('body').innerText({ timeout: 2_000 });
  const controls = await frame.evaluate(() =>
    [...document.querySelectorAll('button, input, select, textarea, iframe, canvas, img')].map(
      (element) => `${element.tagName} ${element.getAttribute('type') ?? ''} ${element.textContent ?? ''}`,
    ),
  );
  return { text, controls };
}
