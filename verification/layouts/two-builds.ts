// npm run --prefix verification two-builds
// Opens pages of one build, replaces the server by the other build, and submits: with and without JavaScript, both ways.
import { type Browser, type BrowserContext, chromium, expect, type Page } from '@playwright/test';
import { browserPath } from '../../e2e/browser';
import { confirmDetails, openWidget, saveButton, signIn, signOut } from '../../e2e/portal';
import { customersOf } from '../../e2e/sandbox';
import { PORTAL } from '../../e2e/stack';
import { newImage, oldImage } from './images';
import { endInstance, startAlone, startDatabase, startSandbox } from './portals';
import type { Started } from './processes';

const ADDRESS = '2 Two Builds St, Kyiv';

const builds = { old: oldImage(), new: newImage() };
const { direct } = await startDatabase();
await startSandbox();
const browser = await chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox'] });
let number = 300;
let portal: Started | null = null;

for (const [from, to] of [
  ['old', 'new'],
  ['new', 'old'],
] as const) {
  await replaceBy(from);
  const scripted = await openForms(browser, true);
  const plain = await openForms(browser, false);
  const leaving = await openBuying(browser);
  await replaceBy(to);
  for (const [way, forms] of [
    ['with', scripted],
    ['without', plain],
  ] as const) {
    await saves(forms.complete);
    await keepsTyped(forms.incomplete);
    console.log(`${from} → ${to}, ${way} JavaScript: a form is saved, an incomplete one keeps what was typed`);
  }
  await signOut(leaving.page);
  await expect.poll(async () => (await customersOf(leaving.email))[0]?.liveTokens).toBe(0);
  console.log(`${from} → ${to}: sign-out ends the token at KunaCore`);
  await navigates(scripted.complete);
  console.log(`${from} → ${to}: a link leads to the page of the other build`);
}
await browser.close();
process.exit(0);

async function replaceBy(build: 'old' | 'new'): Promise<void> {
  if (portal) await endInstance(portal);
  portal = await startAlone(builds[build], direct);
}

/** Opens the details of two people, and types into both forms. The second one lacks the document's number. */
async function openForms(within: Browser, javaScriptEnabled: boolean): Promise<{ complete: Page; incomplete: Page }> {
  const complete = await openDetails(await within.newContext({ baseURL: PORTAL.origin, javaScriptEnabled }));
  await complete.getByLabel('Document number').fill('FE123456');
  const incomplete = await openDetails(await within.newContext({ baseURL: PORTAL.origin, javaScriptEnabled }));
  await incomplete.getByLabel('Document number').fill('?');
  return { complete, incomplete };
}

async function openDetails(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await signIn(page, `sample-${number++}`);
  await page.goto('/account/details');
  await page.getByLabel('Residence address').fill(ADDRESS);
  await page.locator('#consent').check();
  return page;
}

async function openBuying(within: Browser): Promise<{ page: Page; email: string }> {
  const page = await (await within.newContext({ baseURL: PORTAL.origin })).newPage();
  const email = `customer${number}@example.com`;
  await signIn(page, `sample-${number++}`);
  await confirmDetails(page);
  await openWidget(page);
  expect((await customersOf(email))[0]?.liveTokens).toBeGreaterThan(0);
  return { page, email };
}

async function saves(page: Page): Promise<void> {
  await saveButton(page).click();
  await page.waitForURL(/\/account(\/buy)?$/);
  await page.goto('/account/details');
  await expect(page.getByLabel('Residence address')).toHaveValue(ADDRESS);
}

async function keepsTyped(page: Page): Promise<void> {
  await saveButton(page).click();
  await expect(page.locator('[aria-invalid=true]').first()).toBeVisible();
  await expect(page.getByLabel('Residence address')).toHaveValue(ADDRESS);
  await expect(page.getByLabel('Document number')).toHaveValue('?');
}

async function navigates(page: Page): Promise<void> {
  await page.goto('/account');
  await page
    .getByRole('link', { name: 'Settings' })
    .or(page.getByRole('link', { name: 'Activity' }))
    .first()
    .click();
  await page.waitForURL((url) => url.pathname !== '/account');
}
