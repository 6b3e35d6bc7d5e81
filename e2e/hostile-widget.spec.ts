// Attacks by a compromised widget on the portal around it, after a click inside it, and attacks by other sites with
// frames.
import { existsSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { BUILD } from './build';
import { openWidget, readyToBuy } from './portal';
import { person } from './sandbox';
import { PORTAL, SANDBOX } from './stack';

const TRIES = {
  moveThePage: () => {
    (window.top as Window).location.href = 'https://evil.example/';
  },
  openOverThePage: () => {
    if (!window.open('https://evil.example/', '_top')) throw new Error('blocked');
  },
  submitOverThePage: () => {
    const form = Object.assign(document.createElement('form'), { action: 'https://evil.example/', target: '_top' });
    document.body.append(form);
    form.submit();
  },
  readThePage: () => void window.parent.document.body.innerHTML,
  readItsCookies: () => {
    if (document.cookie.includes('next-auth')) throw new TypeError('it has them');
    throw new Error('there are none');
  },
  openOverTheParent: () => {
    if (!window.open('https://evil.example/', '_parent')) throw new Error('blocked');
  },
  followALinkOverThePage: () => {
    const link = Object.assign(document.createElement('a'), { href: 'https://evil.example/', target: '_top' });
    document.body.append(link);
    link.click();
  },
  replaceThePage: () => (window.top as Window).location.replace('https://evil.example/'),
  movePageFromAFrameWithin: () =>
    new Promise<void>((done) => {
      const frame = document.createElement('iframe');
      frame.srcdoc = '<script>top.location.href = "https://evil.example/"</' + 'script>';
      frame.onload = () => done();
      document.body.append(frame);
    }),
  movePageFromAPopUp: () => {
    const popUp = window.open('about:blank');
    if (!popUp) throw new Error('blocked');
    const code = 'opener.top.location.href = "https://evil.example/"';
    try {
      popUp.setTimeout(code, 0);
    } finally {
      setTimeout(() => popUp.close(), 300);
    }
  },
  askInADialog: () => {
    if (!window.confirm('Your password?')) throw new Error('blocked');
  },
  download: () => {
    const link = Object.assign(document.createElement('a'), { href: 'data:text/plain,evil', download: 'evil.txt' });
    document.body.append(link);
    link.click();
  },
};

/** Posts structured-cloneable values of every kind, and messages like those of other pages. */
function flood(): void {
  const kinds = [null, undefined, 0, '', '{}', [], {}, new Map(), new Date(), new ArrayBuffer(8), /x/, Number.NaN];
  const messages = ['signed-out', 'session-ended', 'close', 'resize', 'navigate', 'ready', 'refreshToken'];
  for (let n = 0; n < 2000; n += 1) {
    const kind = kinds[n % kinds.length];
    const type = messages[n % messages.length];
    window.parent.postMessage(n % 2 ? kind : { type, event: type, url: 'https://evil.example/', payload: kind }, '*');
  }
}

test('a compromised widget cannot navigate, read, open dialogs or download, and its messages change nothing [T7, T8]', async ({
  page,
}) => {
  const alarms: string[] = [];
  page.on('dialog', async (dialog) => {
    alarms.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on('download', (download) => alarms.push(`download: ${download.suggestedFilename()}`));
  page.on('pageerror', (error) => {
    // The attempts themselves must fail; the page around them must report no error.
    if (!/evil\.example|Blocked a frame|cross-origin/i.test(error.message)) alarms.push(`error: ${error.message}`);
  });
  await readyToBuy(page, person(68).sub);
  await openWidget(page);
  const before = page.url();
  await page.route(`${SANDBOX.widget}/taken-over`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<button>Continue</button>' }),
  );
  const frame = page.frames().find((frame) => frame.url().startsWith(SANDBOX.widget));
  await frame?.goto(`${SANDBOX.widget}/taken-over`);
  const stopped: Record<string, string> = {};
  for (const [name, attempt] of Object.entries(TRIES)) {
    // A click inside a frame lifts some of its restrictions.
    await frame?.getByRole('button').click();
    stopped[name] = (await frame?.evaluate(attempt).then(
      () => 'quietly',
      (error: Error) => error.message.split('\n')[0],
    )) as string;
  }
  await frame?.evaluate(flood);
  expect(stopped).toMatchObject({
    moveThePage: expect.stringContaining('does not have permission to navigate'),
    openOverThePage: expect.stringMatching(/blocked|permission/),
    readThePage: expect.stringContaining('cross-origin'),
    readItsCookies: expect.stringContaining('there are none'),
    askInADialog: expect.stringContaining('blocked'),
  });
  await expect(page.getByRole('heading', { level: 1, name: 'Buy crypto' })).toBeVisible();
  await expect(page.locator('iframe[allow]')).toHaveCount(1);
  await page.evaluate(() => new Promise((done) => setTimeout(done, 500)));
  expect(page.url()).toBe(before);
  await expect.poll(() => page.context().pages().length).toBe(1);
  expect(alarms).toEqual([]);
});

test('only the widget gets camera and similar permissions, not a page of another origin in its place [T7]', async ({
  page,
}) => {
  await readyToBuy(page, person(77).sub);
  await openWidget(page);
  const elsewhere = 'http://elsewhere.localhost/';
  let requests = 0;
  await page.route(`${elsewhere}**`, (route) => {
    requests += 1;
    return route.fulfill({ contentType: 'text/html', body: '<p>elsewhere</p>' });
  });
  const frame = page.frames().find((frame) => frame.url().startsWith(SANDBOX.widget));
  const features = ['camera', 'microphone', 'payment', 'clipboard-write', 'fullscreen', 'geolocation', 'usb'];
  const allowed = await frame?.evaluate((names) => {
    // Chromium's name, missing in TypeScript's types.
    const { featurePolicy } = document as unknown as { featurePolicy: { allowsFeature(name: string): boolean } };
    return names.filter((name) => featurePolicy.allowsFeature(name));
  }, features);
  expect(allowed).toEqual(['camera', 'microphone', 'payment', 'clipboard-write', 'fullscreen']);
  await frame?.evaluate((address) => location.assign(address), elsewhere);
  await expect.poll(() => page.frames().map((frame) => frame.url())).toContain('chrome-error://chromewebdata/');
  expect(requests).toBe(0);
});

test('every script beside the widget is one of the build’s [T5]', async ({ page }) => {
  await readyToBuy(page, person(38).sub);
  const scripts = new Set<string>();
  page.on('request', (request) => {
    if (request.resourceType() === 'script' && request.frame() === page.mainFrame()) scripts.add(request.url());
  });
  await page.reload();
  await openWidget(page);
  expect(scripts.size).toBeGreaterThan(3);
  for (const script of scripts) {
    expect(script).toContain(`${PORTAL.origin}/_next/static/`);
    expect(existsSync(new URL(script).pathname.replace('/_next', BUILD)), script).toBe(true);
  }
});

test('another site cannot show the portal in a frame [T6]', async ({ page }) => {
  await readyToBuy(page, person(39).sub);
  const paths = [
    '/',
    '/sign-in',
    '/account',
    '/account/buy',
    '/account/buy/frame',
    '/account/buy/tab',
    '/nowhere',
    '/offline',
    '/robots.txt',
  ];
  const frames = paths.map((path) => `<iframe src="${PORTAL.origin}${path}"></iframe>`).join('');
  await page.route(`${SANDBOX.widget}/other-site`, (route) =>
    route.fulfill({ contentType: 'text/html', body: `<iframe src="${SANDBOX.widget}/"></iframe>${frames}` }),
  );
  await page.goto(`${SANDBOX.widget}/other-site`);
  const shown = page.frames().slice(1);
  expect(shown).toHaveLength(paths.length + 1);
  // A control: a page that allows framing.
  await expect.poll(() => shown[0]?.url()).toBe(`${SANDBOX.widget}/`);
  for (const frame of shown.slice(1)) {
    await expect.poll(() => frame.url()).toBe('chrome-error://chromewebdata/');
  }
});
