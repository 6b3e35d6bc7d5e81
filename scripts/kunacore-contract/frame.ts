import type { Browser, Page } from '@playwright/test';
import type { Config } from '../../lib/config/config';
import { settle } from './browser-open';
import type { Notebook } from './notebook';
import { widgetAddress } from './plain-open';

/** What the widget did inside the frame. */
interface Seen {
  headers: Record<string, string>;
  isShown: boolean;
  /** The width of its content in CSS pixels, in a frame of `WIDTH`. */
  contentWidth: number | null;
  /** The keys of the messages that it posted, or their type. */
  messages: Set<string>;
  origins: Set<string>;
  errors: number;
  popups: number;
  features: Set<string>;
}

/**
 * Shows the widget in a frame of a page at the portal's origin, as the portal does, and looks at what it needs. The page
 * is made here: the portal does not have to run.
 */
export async function lookAtFrame(
  browser: Browser,
  { portalOrigin, widget }: Config,
  notebook: Notebook,
): Promise<void> {
  const address = widgetAddress(widget.url, { institutionId: widget.institutionId });
  const features = widget.features.map((feature) => `${feature} ${widget.origin}`).join('; ');
  const seen = await watch(browser, portalOrigin, address, features);
  const refusal = [
    seen.headers['x-frame-options'] && `x-frame-options: ${seen.headers['x-frame-options']}`,
    /frame-ancestors [^;]*/.exec(seen.headers['content-security-policy'] ?? '')?.[0],
  ].filter(Boolean);
  const evidence = refusal.join('; ') || 'no header restricts it';
  notebook.answer('framing', seen.isShown ? 'allowed' : 'refused', evidence);
  if (seen.isShown) notebook.ok(`widget: shown in a frame of ${portalOrigin}`);
  else notebook.fail(`widget: not shown in a frame of ${portalOrigin} (${evidence}). Ask Kuna to allow this origin`);
  notebook.answer('widgetOrigins', [...seen.origins].sort(), 'while it opens without a token');
  notebook.answer('widgetFeatures', [...seen.features].sort(), 'while it opens without a token; nothing was pressed');
  notebook.answer('widgetPopups', seen.popups > 0, `${seen.popups} windows while it opens`);
  notebook.answer('widgetMessages', [...seen.messages].sort(), 'names of keys; the portal listens to none');
  const fits = seen.contentWidth === null ? null : seen.contentWidth <= WIDTH;
  notebook.answer('widgetFits', fits, `${seen.contentWidth ?? 'no'} pixels of content in a frame of ${WIDTH}`);
  notebook.answer('widgetConsoleErrors', seen.errors, 'while it opens without a token');
  const more = [...seen.features].filter((feature) => !widget.features.includes(feature as never));
  if (more.length > 0) notebook.note(`widget: asks for ${more.join(', ')}. See KUNACORE_WIDGET_FEATURES`);
}

async function watch(browser: Browser, portalOrigin: string, address: string, allow: string): Promise<Seen> {
  const context = await browser.newContext();
  const sets = { origins: new Set<string>(), features: new Set<string>(), messages: new Set<string>() };
  const seen: Seen = { headers: {}, isShown: false, contentWidth: null, errors: 0, popups: 0, ...sets };
  try {
    const page = await context.newPage();
    await page.exposeBinding('noteFeature', (_, name: string) => void seen.features.add(name));
    await page.exposeBinding('noteMessage', (_, keys: string) => void seen.messages.add(keys));
    await page.addInitScript(NOTE_FEATURES);
    page.on('popup', () => {
      seen.popups += 1;
    });
    page.on('console', (message) => {
      if (message.type() === 'error') seen.errors += 1;
    });
    page.on('response', (response) => {
      const { origin } = new URL(response.url());
      if (origin !== portalOrigin) seen.origins.add(origin);
      if (response.url() === address) seen.headers = response.headers();
    });
    const around = `${portalOrigin}/check-kunacore`;
    await page.route(around, (route) => route.fulfill({ contentType: 'text/html', body: framePage(address, allow) }));
    await page.goto(around);
    await settle(page);
    seen.contentWidth = await contentWidth(page, address);
    seen.isShown = seen.contentWidth !== null;
    return seen;
  } finally {
    await context.close();
  }
}

/** The least room that the portal gives the widget. */
const WIDTH = 400;

/** The portal's frame (components/widget-element.tsx). */
function framePage(address: string, allow: string): string {
  const sandbox =
    'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-storage-access-by-user-activation';
  return `<!doctype html><title>check:kunacore</title>
    <script>addEventListener('message', ({ data }) =>
      noteMessage(typeof data === 'object' && data ? Object.keys(data).sort().join() : typeof data))</script>
    <iframe title="KUNA widget" width="${WIDTH}" height="700" style="border: 0" sandbox="${sandbox}" allow="${allow}"
      referrerpolicy="strict-origin-when-cross-origin" src="${address.replaceAll('&', '&amp;')}"></iframe>`;
}

/** Returns the width of the widget's content; null where Chromium shows a page of its own, as for a refused frame. */
async function contentWidth(page: Page, address: string): Promise<number | null> {
  const frame = page.frames().find((candidate) => candidate.parentFrame() === page.mainFrame());
  if (!frame?.url().startsWith(new URL(address).origin)) return null;
  const measure = () => (document.body?.childElementCount ? document.documentElement.scrollWidth : null);
  return frame.evaluate(measure).catch(() => null);
}

/** Methods that ask for a browser feature, with its name in a Permissions-Policy. */
const METHODS = [
  ['MediaDevices', 'getUserMedia', 'camera'],
  ['Clipboard', 'writeText', 'clipboard-write'],
  ['Geolocation', 'getCurrentPosition', 'geolocation'],
  ['CredentialsContainer', 'get', 'publickey-credentials-get'],
  ['Element', 'requestFullscreen', 'fullscreen'],
  ['PaymentRequest', 'show', 'payment'],
  ['PaymentRequest', 'canMakePayment', 'payment'],
];

/** Runs in every frame before its scripts, and tells which features they ask for. A text: tsx would change a function. */
const NOTE_FEATURES = `for (const [owner, method, feature] of ${JSON.stringify(METHODS)}) {
  const prototype = globalThis[owner]?.prototype;
  const original = prototype?.[method];
  if (original) prototype[method] = function (...args) {
    noteFeature(feature);
    return original.apply(this, args);
  };
}`;
