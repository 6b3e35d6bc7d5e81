// A portal with every feature off that a setting turns off: nothing of them is left on pages, in files or under addresses.
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, type Page, test } from '@playwright/test';
import { english, LANGUAGES, nameOf, remainingTexts, saying } from './messages';
import { buy, confirmDetails, openWidget, signIn } from './portal';
import { messagesTo, person } from './sandbox';
import { runSparePortal } from './spare-portal';

const OFF = ['SUPPORT_CONSOLE', 'SIGN_IN_LINKS', 'MESSAGES', 'STATEMENTS'].map((name) => [name, 'off']);
const ORIGIN = runSparePortal({
  ...Object.fromEntries(OFF),
  OPERATOR_FOUR_EYES: '',
  LANGUAGES: 'en',
  KUNACORE_WIDGET_TYPE: 'partner',
});

/** The addresses of these features. */
const GONE = [
  ...['/operator', '/operator/audit', '/operator/customers/00000000-0000-4000-8000-000000000000', '/operator/review'],
  ...['/widget', '/sign-in/link', '/sign-in/check-email', '/api/auth/callback/email', '/account/messages'],
  ...['/account/activity/statement', '/account/activity/receipt', '/api/account/statement.pdf'],
  ...['/api/account/receipt.pdf', '/operator/integration/incidents.csv'],
];

const sample = parseEnv(readFileSync('.env.example', 'utf8'));
const hasAll = OFF.every(([name = '']) => sample[name] === 'on') && sample.KUNACORE_WIDGET_TYPE === 'both';
/** A feature that was removed took its messages along. */
const textsOf = hasAll ? (keys: string[]) => keys.map((key) => english(key)) : remainingTexts;

/** What pages and files must not contain: words of these features, and their addresses. */
const WORDS = textsOf([
  ...['account.supportConsole', 'landing.openKuna', 'signIn.sendLink', 'signIn.emailHint', 'devices.identities.link'],
  ...['activity.statement', 'preferences.language'],
]);
/** Ordinary words, which are a trace only as the whole text of an element. */
const WHOLE = textsOf(['shell.messages', 'activity.receipt', 'statement.title']);
const TRACES = [
  ...[...WORDS, ...LANGUAGES.map(nameOf)].map((text) => new RegExp(text)),
  ...WHOLE.map((text) => new RegExp(`>${text}<`)),
  /["'/](operator|widget|sign-in\/(link|check-email)|account\/messages)["'/?]/,
  /statement|receipt|hreflang|name="language"/i,
];

/** Asserts that a text has none of the traces, and names the place of one that it has. */
function expectNone(text: string, where: string): void {
  for (const trace of TRACES) expect(text.match(trace)?.[0], `${where} has ${trace}`).toBeUndefined();
}

/** Opens pages from the start page along their links, as far as they lead. @returns the paths. */
async function walk(page: Page, starts: string[]): Promise<string[]> {
  const seen = new Set<string>(starts);
  for (const path of seen) {
    const response = await page.goto(ORIGIN + path);
    expect(response?.status(), path).toBe(200);
    expectNone(JSON.stringify(response?.headers()), `the headers of ${path}`);
    const { html, links } = await page.evaluate(() => {
      for (const script of document.querySelectorAll('script, style, iframe')) script.remove();
      const targets = [...document.querySelectorAll('a')].map(({ href }) => href);
      return { html: document.documentElement.outerHTML, links: targets };
    });
    expectNone(html, path);
    for (const link of links) {
      const { origin, pathname } = new URL(link);
      // Files, and the redirect to the widget.
      if (origin === ORIGIN && !/^\/api\/|^\/account\/buy\/tab$/.test(pathname)) seen.add(pathname);
    }
  }
  return [...seen];
}

test('no page has a word or a link of them, for visitors and customers', async ({ page }) => {
  const { sub, email } = person(1890);
  expect(await walk(page, ['/'])).toContain('/sign-in');
  await signIn(page, sub, { origin: ORIGIN });
  await confirmDetails(page);
  await page.goto(`${ORIGIN}/account`);
  await buy(await openWidget(page));
  const paths = await walk(page, ['/account', '/account/activity']);
  expect(paths.length).toBeGreaterThan(6);

  await page.goto(`${ORIGIN}/account/activity`);
  await page.getByRole('link', { name: /^Purchase/ }).click();
  const drawer = page.getByRole('dialog');
  await expect(drawer.getByText(english('activity.idsHint'))).toBeVisible();
  expectNone(await drawer.innerHTML(), 'the open operation');
  expect(await messagesTo(email)).toEqual([]);
});

test('their addresses answer like one that does not exist, signed in as an operator or not at all', async ({
  page,
}) => {
  const responses = async (path: string) => {
    const [read, posted] = [await page.request.get(ORIGIN + path), await page.request.post(ORIGIN + path, FORM)];
    return [read.status(), textOf(await read.text()), posted.status(), textOf(await posted.text())];
  };
  const FORM = { form: { a: 'b' }, headers: { origin: ORIGIN } };
  const textOf = (html: string) => html.match(/<main.*<\/main>/s)?.[0];
  for (const visitor of ['nobody', 'operator']) {
    if (visitor === 'operator') await signIn(page, 'oksana-melnyk', { origin: ORIGIN });
    const nowhere = await responses('/nowhere-at-all');
    expect(nowhere[0]).toBe(404);
    for (const path of GONE) expect(await responses(path), `${path} for ${visitor}`).toEqual(nowhere);
  }
});

test('files for browsers and search engines name none of them', async ({ request }) => {
  for (const path of ['/manifest.webmanifest', '/robots.txt', '/offline', '/offline.js'])
    expectNone(await (await request.get(ORIGIN + path)).text(), path);
});

test('the only language is that of every page, whatever the browser prefers, has chosen or asks for', async ({
  browser,
}) => {
  for (const language of ['uk-UA', 'fr-FR']) {
    const context = await browser.newContext({ locale: language });
    await context.addCookies([{ name: 'preferences', value: 'language=uk', url: ORIGIN }]);
    const page = await context.newPage();
    await page.goto(ORIGIN);
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    const chosen = await page.request.post(`${ORIGIN}/preferences`, {
      form: { language: 'uk' },
      headers: { origin: ORIGIN },
      maxRedirects: 0,
    });
    expect(chosen.headers()['set-cookie']).not.toContain('language=uk');
    await page.goto(`${ORIGIN}/sign-in`);
    await expect(page.getByRole('heading', { level: 1 })).toContainText(
      saying('en')('signIn.title').split('{')[0] ?? '',
    );
    await context.close();
  }
});
