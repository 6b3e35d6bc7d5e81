// Checks the public pages and the customer's, each state in both languages (look.ts). The support console and the
// pages of KYC and review: looks-support.spec.ts and looks-kyc.spec.ts.
import { expect, type Page, test } from '@playwright/test';
import { look } from './look';
import { LANGUAGES, saying } from './messages';
import { agreeAndSave, askForLink, buy, linkTo, openWidget, order, signIn, signInByLink, widget } from './portal';
import { addCustomer, changeCustomer, clearFaults, customersOf, person, setFault, setSwitches } from './sandbox';
import { SANDBOX } from './stack';

test.setTimeout(300_000);
// The longest file: its tests are shared among the workers.
test.describe.configure({ mode: 'parallel' });
test.use({ contextOptions: { reducedMotion: 'reduce' } });
test.afterEach(async () => {
  await clearFaults();
  await setSwitches({ verification: 'accepted' });
});

for (const [index, language] of LANGUAGES.entries()) {
  const say = saying(language);
  const testPerson = (number: number) => person(number + 10 * index);
  const lookAt = (page: Page, name: string, frameIsOurs = false) => look(page, name, language, frameIsOurs);

  test.describe(language, () => {
    test.use({ locale: language });

    test('the public pages', async ({ page }) => {
      for (const [name, address] of Object.entries({
        landing: '/',
        'sign-in': '/sign-in',
        'sign-in-error': '/sign-in?error=EmailNotVerified',
        'sign-in-cancelled': '/sign-in?error=OAuthCancelled',
        'sign-in-set-up': '/sign-in?error=OAuthSetup',
        'sign-in-not-asked-again': '/sign-in?error=NotAskedAgain',
        'signed-out': '/sign-in?signed-out',
        'not-found': '/nowhere',
        offline: '/offline',
        unavailable: '/unavailable',
      })) {
        await page.goto(address);
        await expect(page.getByRole('heading').first()).toBeVisible();
        await lookAt(page, name);
      }
      await page.goto('/widget');
      await expect(widget(page).getByLabel(/^(E-mail|Електронна пошта)$/)).toBeVisible();
      await lookAt(page, 'public-widget');
      await page.goto('/sign-in');
      await page.getByLabel(say('signIn.email')).fill('no address');
      await page.getByRole('button', { name: say('signIn.sendLink') }).click();
      await expect(page.getByText(say('signIn.errors.email'))).toBeVisible();
      await lookAt(page, 'sign-in-bad-email');
    });

    test('a link by e-mail', async ({ page, context }) => {
      const [email, other] = [`looks.${language}@example.com`, `somebody.else.${language}@example.com`];
      await page.goto('/sign-in');
      await askForLink(page, other, say);
      await page.goto('/sign-in');
      await askForLink(page, email, say);
      await expect(page.getByText(email)).toBeVisible();
      await lookAt(page, 'check-email');
      const link = await linkTo(email);
      await page.goto(link);
      await lookAt(page, 'link');
      await signInByLink(page, await linkTo(other), say);
      await page.goto(link);
      await expect(page.getByText(say('signIn.link.stay', { address: 's•••@example.com' }))).toBeVisible();
      await context.clearCookies({ name: 'link-request' });
      await page.reload();
      await expect(page.getByText(say('signIn.link.elsewhere'))).toBeVisible();
      await lookAt(page, 'link-warnings');
      await signInByLink(page, link, say);
      await page.goto(link);
      await expect(page.getByRole('heading', { name: say('signIn.link.signedIn') })).toBeVisible();
      await lookAt(page, 'link-signed-in');
      await context.clearCookies();
      await page.goto(link);
      await expect(page.getByRole('heading', { name: say('signIn.link.over') })).toBeVisible();
      await lookAt(page, 'link-over');
    });

    test('the steps to a wallet', async ({ page }) => {
      await signIn(page, testPerson(100).sub);
      await page
        .getByRole('link', { name: say('shell.account') })
        .first()
        .click();
      await expect(heading(page, say('account.states.details-missing.title'))).toBeVisible();
      await lookAt(page, 'overview-details-missing');
      await page.goto('/account/buy');
      await lookAt(page, 'buy-details-missing');
      await page.goto('/account/details');
      await lookAt(page, 'details');
      await page.getByLabel(say('details.country')).click();
      await page.getByRole('combobox', { name: say('details.searchCountry') }).fill('it');
      await lookAt(page, 'details-country-search');
      await page.getByRole('button', { name: say('details.close') }).click();
      await page.getByLabel(say('details.firstName')).fill('');
      await page.getByRole('button', { name: say('details.save') }).click();
      await expect(page.locator('#firstName-error')).toBeVisible();
      await lookAt(page, 'details-errors');
      await page.getByLabel(say('details.firstName')).fill('Customer');
      await setFault({ endpoint: '/v2/customer/create', kind: 'status', status: 503 });
      await agreeAndSave(page, 'FE1', say);
      await expect(heading(page, say('account.states.creating.title'))).toBeVisible();
      await lookAt(page, 'overview-creating');
      await clearFaults();
      await expect(heading(page, say('account.states.ready.title'))).toBeVisible({ timeout: 30_000 });
      await expect(page.getByText(say('holdings.noOperations'))).toBeVisible();
      await lookAt(page, 'overview-ready');
      await page.route('**/account', (route) =>
        route.request().method() === 'POST' ? route.fulfill({ status: 500, body: 'broken' }) : route.continue(),
      );
      await page.getByRole('button', { name: say('account.buy') }).click();
      await expect(heading(page, say('errors.crash.title'))).toBeVisible();
      await lookAt(page, 'crash');
      await page.unroute('**/account');
      await page.goto('/account/activity');
      await expect(page.getByText(say('activity.nothingYetHint'))).toBeVisible();
      await lookAt(page, 'activity-empty');
      await page.goto('/account/details');
      await lookAt(page, 'details-stored');
      await page.goto('/account/devices');
      await lookAt(page, 'devices');
    });

    test('the states before a wallet is ready', async ({ page }) => {
      await setFault({ endpoint: '/v2/customer/create', kind: 'status', status: 422, count: 1 });
      await signIn(page, testPerson(101).sub, { path: '/account/details' });
      await agreeAndSave(page, 'FE2', say);
      await expect(heading(page, say('account.states.rejected.title'))).toBeVisible();
      await lookAt(page, 'overview-rejected');
      await setSwitches({ verification: 'pending' });
      await page.goto('/account/details');
      await lookAt(page, 'details-rejected');
      await agreeAndSave(page, 'FE3', say);
      await expect(heading(page, say('account.states.verifying.title'))).toBeVisible();
      await lookAt(page, 'overview-verifying');
      await page.goto('/account/buy');
      await lookAt(page, 'buy-verifying');
      const [customer] = await customersOf(testPerson(101).email);
      await changeCustomer(customer?.id ?? '', { verificationStatus: 'ACCEPTED', walletStatus: 'Blocked' });
      await page.goto('/account');
      await expect(heading(page, say('account.states.blocked.title'))).toBeVisible({ timeout: 30_000 });
      await lookAt(page, 'overview-blocked');
    });

    test('an e-mail address already used at Kuna', async ({ page }) => {
      const details = {
        firstName: 'V',
        lastName: 'I',
        country: 'UA',
        verificationDocumentId: '1',
        residenceAddress: 'K',
      };
      await addCustomer({ ...details, email: testPerson(102).email, externalId: 'of another partner' });
      await signIn(page, testPerson(102).sub, { path: '/account/details' });
      await agreeAndSave(page, 'FE4', say);
      await expect(heading(page, say('account.states.conflict.title'))).toBeVisible();
      await lookAt(page, 'overview-conflict');
      await page.goto('/account/details');
      await lookAt(page, 'details-conflict');
    });

    test('a purchase and its results', async ({ page }) => {
      await signIn(page, testPerson(103).sub, { path: '/account/details' });
      await agreeAndSave(page, 'FE5', say);
      const frame = await openWidget(page, say);
      await lookAt(page, 'buy');
      // The bar at the bottom of a phone would cover the button, because the test does not scroll.
      await page.setViewportSize({ width: 1280, height: 900 });
      await buy(frame);
      await expect(page.getByRole('link', { name: `${say('operations.view')}:` })).toBeVisible();
      await lookAt(page, 'buy-noticed');
      await page.setViewportSize({ width: 1280, height: 900 });
      await boughtForMonths(page);
      await page.getByRole('link', { name: say('buy.back') }).click();
      await expect(page.getByRole('row', { name: /BTC/ })).toBeVisible();
      await page.getByText(say('holdings.asTable')).click();
      await lookAt(page, 'overview');
      await page.unroute('**/api/account/holdings');
      await page.goto('/account/activity');
      const row = page.getByRole('link', { name: say('operations.type.DepositWithExchange') });
      await expect(row).toBeVisible();
      await lookAt(page, 'activity');
      await row.click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await lookAt(page, 'activity-operation');
      await page.getByRole('button', { name: say('activity.close') }).click();
      await page.getByText(say('activity.filters.title'), { exact: true }).click();
      await page.getByLabel(say('activity.filters.status')).selectOption('Declined');
      await expect(page.getByText(say('activity.nothingFoundHint'))).toBeVisible();
      await lookAt(page, 'activity-nothing-found');
      await page.goto('/account/activity?operation=unknown');
      await expect(page.getByText(say('activity.notFound'))).toBeVisible();
      await lookAt(page, 'activity-operation-unknown');
      await setFault({ endpoint: '/v2/operation/find', kind: 'status', status: 503 });
      await page.goto('/account/activity?status=Completed&export=failed');
      await expect(page.getByRole('button', { name: say('activity.tryAgain') })).toBeVisible();
      await lookAt(page, 'activity-unavailable');
      await page.goto('/account');
      await expect(page.getByText(say('holdings.outdated'))).toBeVisible();
      await lookAt(page, 'overview-kunacore-down');
    });

    test('purchases that were declined or are on hold, receipt and statement', async ({ page }) => {
      await signIn(page, testPerson(106).sub, { path: '/account/details' });
      await agreeAndSave(page, 'FE7', say);
      await openWidget(page, say);
      for (const amount of ['1000', '100.13', '100.26']) {
        await page.goto('/account/buy');
        await order(widget(page), amount);
        await expect(widget(page).getByLabel(/^(You pay|Ви платите)$/)).toHaveCount(0);
      }
      const addressOf = async (status: 'Completed' | 'Declined' | 'OnHold') => {
        await page.goto('/account/activity');
        const purchase = page.getByRole('link', { name: say('operations.type.DepositWithExchange') });
        const href = await purchase.filter({ hasText: say(`operations.status.${status}`) }).getAttribute('href');
        await page.goto(href ?? '');
        await expect(page.getByRole('dialog')).toBeVisible();
        return new URL(page.url()).search;
      };
      await addressOf('Declined');
      await lookAt(page, 'activity-declined');
      await addressOf('OnHold');
      await lookAt(page, 'activity-on-hold');
      await page.goto(`/account/activity/receipt${await addressOf('Completed')}`);
      await lookAt(page, 'receipt');
      await page.goto('/account/activity/statement');
      await expect(page.getByRole('table')).toBeVisible();
      await lookAt(page, 'statement');
    });

    test('help, messages and the account menu', async ({ page }) => {
      await signIn(page, testPerson(107).sub, { path: '/account/help' });
      await page.getByText(say('help.answers.purchase.question')).click();
      await lookAt(page, 'help');
      await page.goto('/account/messages');
      await page.getByRole('checkbox').first().uncheck();
      await page.getByRole('button', { name: say('messages.save') }).click();
      await expect(page.getByText(say('done.messages-saved'))).toBeVisible();
      await lookAt(page, 'messages');
    });

    test('the states of the widget', async ({ page, context }) => {
      await signIn(page, testPerson(104).sub, { path: '/account/details' });
      await agreeAndSave(page, 'FE6', say);
      await setFault({ endpoint: '/v2/ramp/token', kind: 'status', status: 503 });
      await page.getByRole('button', { name: say('account.buy') }).click();
      await expect(widget(page).getByRole('heading', { name: say('frame.unavailable.title') })).toBeVisible();
      await lookAt(page, 'buy-kunacore-down', true);
      await clearFaults();
      await page.reload();
      await expect(widget(page).getByText(/^(Wallet of|Гаманець:)/)).toBeVisible();

      const respondWith = async (authorisation: object) => {
        await page.route('**/api/account/status*', (route) =>
          route.fulfill({ json: { session: 'live', customer: 'ready', authorisation } }),
        );
        await page.evaluate(() => window.dispatchEvent(new Event('focus')));
      };
      await respondWith({ state: 'expiring', inSeconds: 120 });
      await expect(page.getByText(say('buy.expiring'))).toBeVisible();
      await lookAt(page, 'buy-expiring');
      await respondWith({ state: 'expired' });
      await expect(page.getByText(say('buy.expired'))).toBeVisible();
      await lookAt(page, 'buy-expired');
      await respondWith({ state: 'ended' });
      await expect(heading(page, say('buy.ended.title'))).toBeVisible();
      await lookAt(page, 'buy-ended');
      await page.unroute('**/api/account/status*');

      await page.goto('/account/buy');
      const tab = page.waitForEvent('popup');
      await page.getByRole('link', { name: say('buy.openTab') }).click();
      await (await tab).close();
      await expect(heading(page, say('buy.elsewhere.title'))).toBeVisible();
      await lookAt(page, 'buy-elsewhere');

      // Blocks the request as a content blocker does.
      await page.route(`${SANDBOX.widget}/**`, (route) => route.abort('blockedbyclient'));
      await page.goto('/account/buy');
      await expect(page.getByText(say('buy.slow.title'))).toBeVisible();
      await lookAt(page, 'buy-blocked');
      await context.setOffline(true);
      await page.getByRole('button', { name: say('buy.tryAgain') }).click();
      await expect(page.getByText(say('buy.offline.title'))).toBeVisible();
      await lookAt(page, 'buy-offline');
      await context.setOffline(false);
      await page.unroute(`${SANDBOX.widget}/**`);

      await page.goto('/account/buy');
      await expect(widget(page).getByText(/^(Wallet of|Гаманець:)/)).toBeVisible();
      await context.clearCookies({ name: 'next-auth.session-token' });
      await page.evaluate(() => window.dispatchEvent(new Event('focus')));
      await expect(heading(page, say('buy.signedOut.title'))).toBeVisible();
      await expect(page.getByRole('button', { name: say('buy.end') })).toHaveCount(0);
      await lookAt(page, 'buy-signed-out');
    });

    test('data export, deletion and refused requests', async ({ page }) => {
      await signIn(page, testPerson(105).sub, { path: '/account/details' });
      await page.getByText(say('details.ownData.delete'), { exact: true }).click();
      await page.getByRole('button', { name: say('details.ownData.deleteNow') }).click();
      await expect(page.getByText(say('details.ownData.unconfirmed'))).toBeVisible();
      await expect(page.getByRole('checkbox', { name: say('details.ownData.confirm') })).toBeFocused();
      await lookAt(page, 'details-delete');
      for (let n = 0; n < 10; n += 1) await page.request.get('/api/account/own-data');
      await page.goto('/api/account/own-data');
      await expect(heading(page, say('errors.refused.rate.title'))).toBeVisible();
      await lookAt(page, 'too-many');
      await page.goto('/sign-out');
      await expect(heading(page, say('errors.refused.method.title'))).toBeVisible();
      await lookAt(page, 'refused');
    });
  });
}

function heading(page: Page, name: string) {
  return page.getByRole('heading', { name });
}

/** Adds purchases of earlier months to the overview. The sandbox has today's only. */
async function boughtForMonths(page: Page): Promise<void> {
  await page.route('**/api/account/holdings', async (route) => {
    const response = await route.fetch();
    const holdings = await response.json();
    const months = holdings.months.map(({ month }: { month: string }, index: number) => ({
      month,
      value: String(index * 1234.5),
      share: index / 5,
    }));
    await route.fulfill({ response, json: { ...holdings, months } });
  });
}
