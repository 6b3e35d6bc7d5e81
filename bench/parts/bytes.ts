// Bytes of a first visit: scripts as they are transferred, HTML as the browser parses it.
import type { Browser } from '@playwright/test';
import { Browser as Person } from '../../e2e/http-browser';
import { profileOf, withBrowser } from '../browser';
import type { Options } from '../options';
import { readyPerson } from '../people';
import type { Row } from '../report';
import { withStack } from '../stack';

const PUBLIC = ['/', '/sign-in', '/widget'];
const SIGNED_IN = ['/account', '/account/buy', '/account/activity', '/account/details', '/account/devices'];
const WITH_HTML = ['/account/buy', '/account/details'];
const OPERATOR = 'oksana-melnyk';
/** Scripts that a page loads after hydration belong to the visit. */
const SETTLED_MS = 1_000;

interface Visit {
  script: number;
  html: number;
}

export function measureBytes(_options: Options): Promise<Row[]> {
  return withStack((stack) =>
    withBrowser(async (browser) => {
      const bare = await stack.startBare();
      const { origin } = await stack.startPortal(await stack.createDatabase('embedded'));
      const { person: customer } = await readyPerson(stack, origin);
      const operator = new Person(origin);
      await operator.signIn(OPERATOR);
      const base = await visit(browser, `${bare.origin}/`);
      const rows: Row[] = [{ measure: 'script kB, a bare page', figure: base.script }];
      for (const [path, person] of [
        ...PUBLIC.map((path) => [path, undefined] as const),
        ...SIGNED_IN.map((path) => [path, customer] as const),
        ['/operator', operator] as const,
      ]) {
        const { script, html } = await visit(browser, origin + path, person);
        rows.push({
          measure: `script kB above a bare page, ${path}`,
          figure: script - base.script,
          detail: `${Math.round(script)} kB of script, ${Math.round(html)} kB of HTML`,
        });
        if (WITH_HTML.includes(path)) rows.push({ measure: `HTML kB, ${path}`, figure: html });
      }
      return rows;
    }),
  );
}

/** Opens a page in a profile without cache. @returns kilobytes (1,000 bytes) of the document and of all scripts. */
async function visit(browser: Browser, url: string, person?: Person): Promise<Visit> {
  const context = await profileOf(browser, person);
  const page = await context.newPage();
  await page.goto(url, { waitUntil: 'load' });
  if (page.url() !== url) throw new Error(`${url} leads to ${page.url()}`);
  await page.waitForTimeout(SETTLED_MS);
  const entries = await page.evaluate(() => performance.getEntries().map((entry) => entry.toJSON()));
  await context.close();
  const scripts = entries.filter(({ entryType, name }) => entryType === 'resource' && isScript(name));
  const html = entries.find(({ entryType }) => entryType === 'navigation')?.decodedBodySize;
  return { script: scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1000, html: html / 1000 };
}

function isScript(url: string): boolean {
  return new URL(url).pathname.endsWith('.js');
}
