// Reload, back and forward, second tabs and devices, double clicks, invalid input and a change of person.
// ASVS 5.0: 6.3.4 7.2.4 14.3.1
import { expect, test } from '@playwright/test';
import { institution, providerName } from './institution';
import {
  agreeAndSave,
  buy,
  confirmDetails,
  openAgain,
  openWidget,
  readyToBuy,
  signIn,
  signOut,
  widget,
  widgetAddress,
} from './portal';
import { chooseAtProvider, customersOf, pathsOf, person } from './sandbox';

test('empty and invalid fields are each named and tied to a message, and nothing typed is lost', async ({ page }) => {
  await signIn(page, 'maksym-bondar', { path: '/account/details' });
  // His bank has verified the name and the country.
  await expect(page.getByText('Maksym', { exact: true })).toBeVisible();
  await page.getByLabel('Phone number').fill('12');
  await page.getByRole('button', { name: 'Save and continue' }).click();

  const summary = page.getByRole('alert').filter({ hasText: 'need your attention' });
  await expect(summary.getByRole('listitem')).toHaveText([
    /^Document number/,
    /^Residence address/,
    /^We need your agreement/,
  ]);
  await expect(page.getByLabel('Document number')).toHaveAccessibleDescription(/please fill this in/);
  await page.getByLabel('Residence address').fill('5 Soborna St, Vinnytsia');
  await page.getByLabel('Document number').fill('BB1');
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.getByLabel('Phone number')).toHaveAccessibleDescription(/enter a number with its country code/);
  await expect(page.getByLabel('Phone number')).toHaveValue('12');
  await expect(page.getByRole('checkbox')).toBeChecked();
  await page.getByLabel('Phone number').fill('050 123 45 67');
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
  expect(await customersOf('maksym.bondar@example.com')).toMatchObject([{ phoneNumber: '+380501234567' }]);
});

test('a double click on every button has one effect [T24]', async ({ page }) => {
  const { sub, email } = person(10);
  await page.goto('/account');
  await page.getByRole('button', { name: `Continue with ${providerName}` }).dblclick();
  // The second click aborts the first navigation, which `waitForURL` would report as a failure.
  await expect(page).toHaveURL(/\/interaction\//);
  await page.waitForLoadState();
  await page
    .locator('button[name=sub]')
    .first()
    .evaluate((button, value) => button.setAttribute('value', value), sub);
  await page.locator('button[name=sub]').first().dblclick();
  await expect(page).toHaveURL(/\/account\/details\?then=buy$/);
  await page.goto('/account/details');
  await page.getByLabel('Document number').fill('FE1');
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Save and continue' }).dblclick();
  await expect(page).toHaveURL(/\/account$/);
  await page.getByRole('button', { name: 'Buy crypto' }).dblclick();
  await expect(widget(page).getByRole('heading', { name: 'Buy crypto' })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).dblclick();
  await expect(page).toHaveURL(/\/sign-in/);
  await expect.poll(() => pathsOf(email)).toEqual(['/v2/customer/create', '/v2/ramp/token', '/v2/ramp/invalidate']);
});

test('reload, back and forward: the widget is always fresh, and each frame shown is one token [T3]', async ({
  page,
}) => {
  const { sub, email } = person(11);
  await readyToBuy(page, sub);
  await openWidget(page);
  const first = widgetAddress(page);
  await page.reload();
  await expect(widget(page).getByRole('heading', { name: 'Buy crypto' })).toBeVisible();
  expect(widgetAddress(page)).not.toBe(first);
  expect((await pathsOf(email)).filter((path) => path === '/v2/ramp/token')).toHaveLength(2);

  const second = widgetAddress(page);
  await page.goto('/account');
  await page.goBack();
  // The browser restores the frame's last address; the page replaces it.
  const shown = () => page.frames().map((frame) => frame.url());
  await expect.poll(() => shown().some((url) => url.includes('refreshToken=') && url !== second)).toBe(true);
  expect(shown()).not.toContain(second);
  await expect(widget(page).getByRole('heading', { name: 'Buy crypto' })).toBeVisible();
  await page.goForward();
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
});

test('the frame leaves no entries in the history [T2]', async ({ page }) => {
  await readyToBuy(page, person(12).sub);
  await openWidget(page);
  const before = await page.evaluate(() => history.length);
  await page.reload();
  await expect(widget(page).getByRole('heading', { name: 'Buy crypto' })).toBeVisible();
  expect(await page.evaluate(() => history.length)).toBe(before);
});

test('a second tab: both work; signing out in one removes the widget from the other [T3]', async ({
  page,
  context,
}) => {
  await readyToBuy(page, person(13).sub);
  await openWidget(page);
  const second = await context.newPage();
  await second.goto('/account/buy');
  await buy(widget(second), '200');
  await signOut(second);
  await page.bringToFront();
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
  await expect(page.locator('iframe')).toHaveCount(0);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.waitForURL(/\/sign-in\?callbackUrl=/);
});

test('signing out on one device ends the widget on another, which offers to continue [T10]', async ({
  page,
  browser,
}) => {
  const { sub } = person(14);
  await readyToBuy(page, sub);
  await openWidget(page);
  const phone = await browser.newContext();
  const onPhone = await phone.newPage();
  await signIn(onPhone, sub);
  await signOut(onPhone);
  await phone.close();
  await expect(page.getByRole('heading', { name: 'Your Kuna session has ended' })).toBeVisible();
  await expect(page.locator('iframe')).toHaveCount(0);
  await page.getByRole('button', { name: 'Continue' }).click();
  await buy(widget(page), '150');
});

test('ending the Kuna session keeps the person signed in and revokes the token', async ({ page, context }) => {
  const { sub, email } = person(15);
  await readyToBuy(page, sub);
  await openWidget(page);
  const address = widgetAddress(page);
  await page.getByRole('button', { name: 'End Kuna session' }).click();
  await page.waitForURL('**/account');
  await expect.poll(async () => (await pathsOf(email)).at(-1)).toBe('/v2/ramp/invalidate');
  expect(await openAgain(context, address)).toBe('Session ended');
  await openWidget(page);
});

test('a page requested while signed out leads through sign-in and back', async ({ page }) => {
  const { sub } = person(16);
  await readyToBuy(page, sub);
  await signOut(page);
  for (const path of ['/account', '/account/details', '/account/buy', '/operator', '/account/nowhere']) {
    await page.goto(path);
    expect(new URL(page.url()).pathname).toBe('/sign-in');
    expect(new URL(page.url()).searchParams.get('callbackUrl')).toBe(path);
  }
  await signIn(page, sub, { path: '/account/buy' });
  await expect(widget(page).getByRole('heading', { name: 'Buy crypto' })).toBeVisible();
});

test('back after signing out shows nothing of the account [T3]', async ({ page }) => {
  await readyToBuy(page, person(17).sub);
  await openWidget(page);
  await signOut(page);
  await page.goBack();
  await expect(
    page
      .getByRole('heading', { name: `Sign in to ${institution.name}` })
      .or(page.getByRole('heading', { name: 'You are signed out' })),
  ).toBeVisible();
  await expect(page.locator('iframe')).toHaveCount(0);
});

test('a second person signing in ends the first person’s session, and nothing is mixed [T14]', async ({ page }) => {
  const [first, second] = [person(18), person(19)];
  // The second person's sign-in page was open before the first one signed in.
  const other = await page.context().newPage();
  await other.goto('/sign-in');
  await readyToBuy(page, first.sub);
  await openWidget(page);
  // At the bank, the first person is signed in no more.
  await page.context().clearCookies({ name: /^bankid_/ });
  await other.getByRole('button', { name: `Continue with ${providerName}` }).click();
  await other.waitForURL(/\/interaction\//);
  await chooseAtProvider(other, second.sub);
  await other.waitForURL('**/account/details?then=buy');
  await expect.poll(async () => (await pathsOf(first.email)).at(-1)).toBe('/v2/ramp/invalidate');
  await page.goto('/account');
  await expect(page.getByText(second.email)).toBeVisible();
  await confirmDetails(page);
  expect(await customersOf(first.email)).toHaveLength(1);
  expect(await customersOf(second.email)).toHaveLength(1);
});

test('planted session cookies give an attacker nothing, and are cleared by signing in and out [T14]', async ({
  page,
  context,
  browser,
}) => {
  const attacker = await browser.newPage();
  await signIn(attacker, person(92).sub);
  const [session] = (await attacker.context().cookies()).filter(({ name }) => /session-token$/.test(name));
  if (!session) throw new Error('no session');
  const planted = ['', '.0', '.1', '.x', '-x'].map((suffix) => session.name + suffix);
  const plant = async (...names: string[]) => {
    for (const name of names) await context.addCookies([{ ...session, name, secure: name.startsWith('__') }]);
  };
  const sessionCookies = async () =>
    (await context.cookies()).map(({ name }) => name).filter((name) => name.includes('session-token'));
  await plant(...planted.slice(1), session.name.replace(/^(__Host-)?/, '__Secure-'));
  // next-auth fails on an invalid address.
  await context.addCookies([{ ...session, name: session.name.replace('session-token', 'callback-url'), value: '%%' }]);

  await signIn(page, person(93).sub);
  await expect(page.getByText(person(93).email)).toBeVisible();
  expect(await sessionCookies()).toEqual([session.name]);
  const seen = await (await attacker.request.get('/api/account/own-data')).json();
  expect(seen).toMatchObject({ account: { email: person(92).email }, identities: [{ subject: person(92).sub }] });

  await page.goto('/account/devices');
  const identities = page.getByRole('region', { name: 'How you sign in' });
  await expect(identities.getByRole('listitem')).toHaveText([
    new RegExp(`^${providerName}Linked on`),
    /^Link by e-mail/,
  ]);

  await page.goto('/account');
  await plant(...planted.slice(1));
  await signOut(page);
  expect(await sessionCookies()).toEqual([]);

  // On a shared computer, an attacker can plant their own session under the right name.
  await plant(...planted);
  await page.goto('/account');
  await signOut(page);
  await signIn(page, person(93).sub);
  await expect(page.getByText(person(93).email)).toBeVisible();
  await attacker.close();
});

test('two tabs that sign in at once both arrive where they were going, in one session', async ({ page, context }) => {
  const other = await context.newPage();
  for (const [tab, path] of [
    [page, '/account/devices'],
    [other, '/account/details'],
  ] as const) {
    await tab.goto(path);
    await tab.getByRole('button', { name: `Continue with ${providerName}` }).click();
    await expect(tab.getByRole('heading', { name: 'Who is signing in?' })).toBeVisible();
  }
  for (const tab of [page, other]) await tab.getByRole('button', { name: /^Maksym Bondar/ }).click();
  await page.waitForURL('**/account/devices');
  await other.waitForURL('**/account/details');
  const own = await (await other.request.get('/api/account/own-data')).json();
  expect(own).toMatchObject({ account: { email: 'maksym.bondar@example.com' } });
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe('/account/devices');
});

test('a provider that answers with a form of its own site signs in, too', async ({ page }) => {
  await page.route('**/sign-in/oidc', async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replaceAll('/auth?', '/auth?response_mode=form_post&amp;');
    await route.fulfill({ response, body });
  });
  const posted = page.waitForRequest(
    (sent) => sent.method() === 'POST' && sent.url().endsWith('/api/auth/callback/oidc'),
  );
  await page.goto('/account/devices');
  await page.getByRole('button', { name: `Continue with ${providerName}` }).click();
  await page.getByRole('button', { name: /^Maksym Bondar/ }).click();
  expect((await posted).postData()).toContain('code=');
  await page.waitForURL('**/account/devices');
});

test('cancelling at the identity provider leads back with an explanation and another try', async ({ page }) => {
  await page.goto('/account/devices');
  await page.getByRole('button', { name: `Continue with ${providerName}` }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText(`You stopped the sign-in at ${providerName}`)).toBeVisible();
  await page.getByRole('button', { name: `Continue with ${providerName}` }).click();
  await page.getByRole('button', { name: /^Maksym Bondar/ }).click();
  await page.waitForURL('**/account/devices');
});

test('an e-mail address that the provider has not verified cannot sign in [T20]', async ({ page }) => {
  await page.goto('/account');
  await page.getByRole('button', { name: `Continue with ${providerName}` }).click();
  await page.getByRole('button', { name: /^Taras Shevchenko/ }).click();
  await expect(page.getByText('doesn’t confirm that your e-mail address is yours')).toBeVisible();
  await page.goto('/account');
  expect(new URL(page.url()).pathname).toBe('/sign-in');
});

test('correcting details later sends one change', async ({ page }) => {
  const { sub, email } = person(20);
  await readyToBuy(page, sub);
  await page.goto('/account/details');
  await expect(page.getByLabel('Document number')).toHaveValue('FE123456');
  await agreeAndSave(page, 'FE654321');
  await expect.poll(() => pathsOf(email)).toEqual(['/v2/customer/create', '/v2/customer/update']);
});
