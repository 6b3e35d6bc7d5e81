// Breaks or delays a page's scripts, and changes the page as other programs in the browser do.
import type { Page, Route } from '@playwright/test';

/** Some builds put their name into the address (NEXT_DEPLOYMENT_ID). */
const SCRIPTS = /\/_next\/static\/chunks\/.*\.js(\?|$)/;

/** Ways in which a script does not arrive. */
export const FAILURES = {
  'is gone after a deployment': (route: Route) => route.fulfill({ status: 404, body: 'Not found' }),
  'breaks off': (route: Route) => route.abort('connectionreset'),
  'is a web page of something in between': (route: Route) =>
    route.fulfill({ status: 200, contentType: 'text/html', body: '<!doctype html><title>Log in to the Wi-Fi</title>' }),
  'is not JavaScript': (route: Route) =>
    route.fulfill({ status: 200, contentType: 'application/javascript', body: 'const = <' }),
  'is empty': (route: Route) => route.fulfill({ status: 200, contentType: 'application/javascript', body: '' }),
  'never arrives': () => {},
} satisfies Record<string, (route: Route) => unknown>;

export type Failure = keyof typeof FAILURES;

/** Makes every later request for a script fail in this way. */
export const failScripts = (page: Page, how: Failure) => page.route(SCRIPTS, (route) => void FAILURES[how](route));

export const unfailScripts = (page: Page) => page.unroute(SCRIPTS);

/** Holds all scripts back until `release` is called. */
export async function holdScripts(page: Page): Promise<{ release: () => Promise<void> }> {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  await page.route(SCRIPTS, async (route) => {
    await opened;
    await route.continue().catch(() => {});
  });
  return {
    release: async () => {
      open();
      await hydrated(page);
      await page.unroute(SCRIPTS);
    },
  };
}

/** Waits until React has hydrated the page. */
export async function hydrated(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const element = document.querySelector('main h1, main form');
    return element && Object.keys(element).some((key) => key.startsWith('__reactFiber'));
  });
}

export interface DomChange {
  /** A CSS selector. */
  at: string;
  place: 'before' | 'after' | 'prepend' | 'append' | 'wrap' | 'translate';
  tag: string;
}

/** Adds a node as an extension does; `wrap` puts it around, `translate` replaces texts by marked ones. */
export async function changeDom(page: Page, domChange: DomChange): Promise<void> {
  await page.evaluate(({ at, place, tag }) => {
    const target = document.querySelector(at);
    if (!target) return;
    const added = document.createElement(tag);
    added.setAttribute('data-extension', '');
    if (place === 'wrap') {
      const focused = document.activeElement;
      target.before(added);
      added.append(target);
      // A moved element loses the focus. Restoring it is the extension's task.
      if (focused instanceof HTMLElement) focused.focus();
    } else if (place === 'translate') {
      added.textContent = `${target.textContent} (translated)`;
      target.replaceChildren(added);
    } else target[place](added);
  }, domChange);
}
