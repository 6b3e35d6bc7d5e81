// Steps of a person in the portal.
import {
  type APIRequestContext,
  type BrowserContext,
  type Cookie,
  expect,
  type FrameLocator,
  type Page,
} from '@playwright/test';
import { providerName } from './institution';
import { english } from './messages';
import { chooseAtProvider, mailTo } from './sandbox';
import { PORTAL } from './stack';

/** Returns the browser's cookie of the portal. On https its name has a prefix. */
export async function portalCookie(context: BrowserContext, name: string): Promise<Cookie | undefined> {
  return (await context.cookies(PORTAL.origin)).find((cookie) => cookie.name.replace(/^__Host-/, '') === name);
}

/** Signs in at the identity provider, as a person does, and arrives at `path`. */
export async function signInAtProvider(page: Page, sub: string, { path = '/account' } = {}): Promise<void> {
  await page.goto(PORTAL.origin + path);
  await page.getByRole('button', { name: english('signIn.continueWith', { provider: providerName }) }).click();
  await page.waitForURL(/\/interaction\//);
  await chooseAtProvider(page, sub);
  await page.waitForURL((url) => url.origin === PORTAL.origin);
}

/** Signs in as `signInAtProvider` does, but without showing the pages in between, which takes half the time. */
export async function signIn(
  page: Page,
  sub: string,
  { origin = PORTAL.origin, path = '/account' } = {},
): Promise<void> {
  // The provider asks nobody who is still signed in there, as another person perhaps.
  await page.context().clearCookies({ name: /^bankid_/ });
  const { request } = page.context();
  const choice = await startSignIn(request, origin, path);
  const chosen = await request.post(choice, { form: { sub }, maxRedirects: 0 });
  await page.goto(chosen.headers().location ?? '');
}

/** Goes to the identity provider by requests alone. @returns the address of the page where a person says who they are. */
export async function startSignIn(request: APIRequestContext, origin: string, path: string): Promise<string> {
  const leaving = await request.post(`${origin}/sign-in/oidc`, { headers: { origin }, form: { callbackUrl: path } });
  const [, provider = ''] = /href="(http[^"]+)"/.exec(await leaving.text()) ?? [];
  return (await request.get(provider.replaceAll('&amp;', '&'))).url();
}

/** Requests a sign-in link on the open sign-in page. */
export async function askForLink(page: Page, email: string, say = english): Promise<void> {
  await page.getByLabel(say('signIn.email')).fill(email);
  await page.getByRole('button', { name: say('signIn.sendLink') }).click();
  await page.waitForURL('**/sign-in/check-email');
}

/** Returns the sign-in link in the newest mail to an address. */
export async function linkTo(email: string): Promise<string> {
  const { links } = await mailTo(email);
  return links.find((link) => new URL(link).searchParams.has('token')) ?? '';
}

/** Opens a sign-in link and presses its button. */
export async function signInByLink(page: Page, link: string, say = english): Promise<void> {
  await page.goto(link);
  await page.getByRole('button', { name: say('signIn.link.submit'), exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in/link'));
}

/** Opens the details, adds the values that the provider does not send, agrees and saves. */
export async function confirmDetails(page: Page): Promise<void> {
  await page.goto(new URL('/account/details', page.url()).href);
  await agreeAndSave(page);
}

/** Adds the document number on the details page, agrees and saves. */
export async function agreeAndSave(page: Page, documentNumber = 'FE123456', say = english): Promise<void> {
  await page.getByLabel(say('details.documentNumber')).fill(documentNumber);
  // Asked once for each wording.
  const consent = page.locator('#consent');
  if (await consent.count()) await consent.check();
  await saveButton(page, say).click();
  // The widget, where the form was shown on the way to buying.
  await page.waitForURL(/\/account(\/buy)?$/);
}

/** The button of the details form. */
export function saveButton(page: Page, say = english) {
  return page
    .getByRole('button', { name: say('details.save') })
    .or(page.getByRole('button', { name: say('details.saveChanges') }));
}

/** Agrees on the details page of a person about whom the institution knows everything. */
export async function agreeToVerified(page: Page): Promise<void> {
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: english('details.continue') }).click();
  // The widget, where the sign-in has led to the details.
  await page.waitForURL(/\/account(\/buy)?$/);
}

/** Signs a person in and makes them ready to buy. */
export async function readyToBuy(page: Page, sub: string, options = {}): Promise<void> {
  await signIn(page, sub, options);
  await confirmDetails(page);
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
}

/** Presses "Buy crypto" and waits for the widget's first step. */
export async function openWidget(page: Page, say = english): Promise<FrameLocator> {
  await page.getByRole('button', { name: say('account.buy') }).click();
  // The widget has the browser's language, not the portal's.
  await expect(widget(page).getByRole('heading', { name: /^(Buy crypto|Купити криптовалюту)$/ })).toBeVisible();
  return widget(page);
}

export function widget(page: Page): FrameLocator {
  return page.frameLocator('iframe[allow]');
}

/** Buys in the sandbox's widget, in a frame or a tab of its own. An amount in .13 is declined, one in .26 stays on hold. */
export async function order(frame: FrameLocator | Page, amount: string): Promise<void> {
  await frame.getByLabel(/^(You pay|Ви платите)$/).fill(amount);
  await frame.getByRole('button', { name: /^(Get quote|Дізнатися ціну)$/ }).click();
  await frame.getByRole('button', { name: /^(Buy|Купити) BTC$/ }).click();
}

/** Buys, and waits until the operation is completed. */
export async function buy(frame: FrameLocator | Page, amount = '1000'): Promise<void> {
  await order(frame, amount);
  await expect(frame.getByText(/^(Completed|Завершено)$/)).toBeVisible({ timeout: 20_000 });
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(/\/sign-in\?signed-out/);
  await expect(page.getByText('You are signed out.')).toBeVisible();
}

/** Returns the address that the frame was redirected to, with its token. Only the test can read it. */
export function widgetAddress(page: Page): string {
  const frame = page.frames().find((frame) => frame.url().includes('refreshToken='));
  if (!frame) throw new Error('no widget is open');
  return frame.url();
}

/** Opens a widget address in a browser with the same user agent. @returns the heading that it shows. */
export async function openAgain(context: BrowserContext, address: string): Promise<string> {
  const page = await context.newPage();
  await page.goto(address);
  const heading = (await page.getByRole('heading').first().textContent()) ?? '';
  await page.close();
  return heading;
}
