// The person's session at the bank and the one here: each begins and ends with the other.
// ASVS 5.0: 7.6.1 7.6.2 10.5.5
import { expect, type Page, test } from '@playwright/test';
import { confirmDetails, openAgain, openWidget, signInAtProvider, signOut, widgetAddress } from './portal';
import { chooseAtProvider, customersOf, pathsOf, person } from './sandbox';
import { PORTAL, SANDBOX } from './stack';

/** "Continue with …" on the sign-in page. */
const proceed = (page: Page) => page.getByRole('button', { name: /^Continue with/ }).click();

const atPortal = (url: URL) => url.origin === PORTAL.origin && !url.pathname.startsWith('/sign-in');

/** Notes whether the provider asked who is signing in. */
function watch(page: Page): { asked(): boolean } {
  const opened: string[] = [];
  page.on('framenavigated', (frame) => opened.push(frame.url()));
  return { asked: () => opened.some((url) => url.includes('/interaction/')) };
}

test('signs in by the bank’s session, ends with it, and signing out here asks for the password again [T41]', async ({
  page,
  context,
}) => {
  const { sub, email } = person(300);
  // Signs in at the bank; the portal's own session is gone.
  await signInAtProvider(page, sub);
  await context.clearCookies({ name: /next-auth/ });
  const bank = watch(page);
  await page.goto('/account');
  await proceed(page);
  await page.waitForURL(atPortal);
  expect(bank.asked()).toBe(false);

  await confirmDetails(page);
  await openWidget(page);
  const address = widgetAddress(page);

  const tab = await context.newPage();
  await tab.goto(SANDBOX.identityProvider);
  const form = tab.locator('form', { hasText: 'Customer Number300' });
  await form.getByRole('button', { name: 'End this person’s session at the bank' }).click();
  await expect(form).toHaveCount(0);
  // A headless browser sends no `focus` event when a tab comes to the front.
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible({ timeout: 10_000 });
  await expect(page.locator('iframe')).toHaveCount(0);
  await expect.poll(() => pathsOf(email)).toContain('/v2/ramp/invalidate');
  expect((await customersOf(email))[0]?.liveTokens).toBe(0);
  expect(await openAgain(context, address)).toBe('Session ended');

  // The bank has no session any more, so it asks. Signing out here ends the next one.
  await page.goto('/account');
  await proceed(page);
  await page.waitForURL(/\/interaction\//);
  await chooseAtProvider(page, sub);
  await page.waitForURL(atPortal);
  await signOut(page);
  await tab.reload();
  await expect(form).toHaveCount(0);
  await proceed(page);
  await page.waitForURL(/\/interaction\//);
});

test('a sign-out that never reached the bank asks for the password again [T41]', async ({ page }) => {
  const { sub } = person(301);
  await signInAtProvider(page, sub);
  // The person closes the tab before the bank's page comes.
  await page.route(`${SANDBOX.identityProvider}/session/end*`, (route) => route.abort('aborted'));
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
  await page.unroute(`${SANDBOX.identityProvider}/session/end*`);
  await page.goto('/account');
  await proceed(page);
  await page.waitForURL(/\/interaction\//);
  await chooseAtProvider(page, sub);
  await page.waitForURL(atPortal);
  // From now on, the bank's session is enough again.
  await page.context().clearCookies({ name: /next-auth/ });
  const bank = watch(page);
  await page.goto('/account');
  await proceed(page);
  await page.waitForURL(atPortal);
  expect(bank.asked()).toBe(false);
});

test('logout tokens come without cookies and from any origin; a bad one changes nothing [T41]', async ({ request }) => {
  const asked: Record<string, string>[] = [{}, { origin: 'https://bank.example' }];
  for (const headers of asked) {
    const form = { logout_token: 'not a token' };
    const response = await request.post(`${PORTAL.origin}/api/auth/backchannel-logout`, { form, headers });
    expect(response.status()).toBe(400);
    expect(response.headers()['cache-control']).toBe('no-store');
  }
});
