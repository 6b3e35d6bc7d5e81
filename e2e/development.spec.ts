// Drives `npm run dev` as a developer works: look, change a file, look again. Prints the times; the assertions only
// wait.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { copyCheckout } from './checkout-copy';
import { english } from './messages';
import { isFree, living, type NpmRun, npmRun } from './npm';
import { agreeAndSave, signIn } from './portal';
import { person } from './sandbox';
import { OWN_RUN } from './stack';

const TIMEOUT_MS = 180_000;
let folder = '';
let dev: NpmRun;

test.beforeAll(async () => {
  test.setTimeout(600_000);
  folder = copyCheckout('development', ['scripts', 'sandbox', 'e2e', '.env.example']);
  const env = { PORT: String(OWN_RUN.port), ...OWN_RUN.sandbox };
  dev = npmRun('dev', { cwd: folder, env });
  await dev.until('Ctrl-C ends everything', 400_000);
});

test.afterAll(async () => {
  const started = dev.processes();
  dev.npm.kill('SIGTERM');
  await dev.ended;
  await expect.poll(() => living(started)).toEqual([]);
  expect(await isFree(OWN_RUN.port)).toBe(true);
});

function edit(file: string, from: string | RegExp, to: string): void {
  const target = path.join(folder, file);
  const before = readFileSync(target, 'utf8');
  const after = before.replace(from, to);
  expect(after, `${file} was changed`).not.toBe(before);
  writeFileSync(target, after);
}

/** Marks the document. A reload removes the mark. */
const mark = (page: Page) => page.evaluate(() => Object.assign(window, { sameDocument: true }));
const isSameDocument = (page: Page) => page.evaluate(() => 'sameDocument' in window);

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const started = Date.now();
  await work();
  console.log(`  development: ${what} after ${Date.now() - started} ms`);
}

test('a developer signs in, follows links, sends forms and sees every edit without a reload', async ({ page }) => {
  test.setTimeout(900_000);
  page.setDefaultTimeout(TIMEOUT_MS);
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  const main = page.getByRole('main');
  const shows = (text: string) => expect(main.getByText(text).first()).toBeVisible({ timeout: TIMEOUT_MS });

  await signIn(page, person(95).sub, { origin: OWN_RUN.origin });
  const link = (name: string) =>
    page
      .getByRole('link', { name: english(name), exact: true })
      .first()
      .click();
  await mark(page);
  await link('shell.activity');
  await page.waitForURL('**/account/activity');
  await link('shell.account');
  await page.waitForURL('**/account');
  await timed('a link that was compiled before', async () => {
    await link('shell.activity');
    await page.waitForURL('**/account/activity');
    await expect(page.getByRole('heading', { name: english('activity.title'), level: 1 })).toBeVisible();
  });
  expect(await isSameDocument(page)).toBe(true);

  await page.goto(`${OWN_RUN.origin}/account/details`);
  await mark(page);
  await timed('a form', () => agreeAndSave(page));
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
  expect(await isSameDocument(page)).toBe(true);

  await page.goto(OWN_RUN.origin);
  await mark(page);
  await timed('an edit of a page', async () => {
    edit('app/page.tsx', "title: t('title')", "title: t('title').concat(' (page edited)')");
    await shows('(page edited)');
  });
  await timed('an edit of a message file', async () => {
    edit('lib/messages/en.json', english('landing.title'), 'Words edited');
    await shows('Words edited');
  });
  await timed('an edit of the brand', async () => {
    edit('lib/brand/brand.ts', /name: '.*'/, "name: 'Edited Bank'");
    await expect(page.getByText('Edited Bank').first()).toBeVisible({ timeout: TIMEOUT_MS });
  });
  expect(await isSameDocument(page)).toBe(true);
  expect(complaints).toEqual([]);
});
