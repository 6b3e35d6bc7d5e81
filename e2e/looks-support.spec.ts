// Checks every page and state of the support console in both languages (look.ts), as each role sees it.
import { type Browser, expect, type Page, test } from '@playwright/test';
import { look } from './look';
import { LANGUAGES, saying } from './messages';
import { agreeAndSave, buy, openWidget, signIn } from './portal';
import { addCustomer, changeCustomer, clearFaults, customersOf, person, setFault, setSwitches } from './sandbox';

const AGENT = 'ihor-tkachenko';
const SUPERVISOR = 'oksana-melnyk';
const SECOND_SUPERVISOR = 'nadiia-kravets';
const AUDITOR = 'petro-lysenko';

test.setTimeout(300_000);
test.describe.configure({ mode: 'parallel' });
test.use({ contextOptions: { reducedMotion: 'reduce' } });
test.afterEach(async () => {
  await clearFaults();
  await setSwitches({ verification: 'accepted' });
});

for (const [index, language] of LANGUAGES.entries()) {
  const say = saying(language);
  const testPerson = (number: number) => person(number + 20 * index);
  const lookAt = (page: Page, name: string) => look(page, `operator-${name}`, language);

  const newPage = async (browser: Browser) => (await browser.newContext({ locale: language })).newPage();

  const operator = async (browser: Browser, sub: string, path = '/operator') => {
    const page = await newPage(browser);
    await signIn(page, sub, { path });
    return page;
  };

  /** Signs a customer in, who saves their details. @returns their page. */
  const customer = async (browser: Browser, number: number) => {
    const page = await newPage(browser);
    await signIn(page, testPerson(number).sub, { path: '/account/details' });
    await agreeAndSave(page, 'FE123456', say);
    return page;
  };

  const search = async (page: Page, typed: string) => {
    await page.getByLabel(say('operatorSearch.label')).fill(typed);
    await page.getByRole('button', { name: say('operatorSearch.find'), exact: true }).click();
  };

  const openCustomer = async (page: Page, number: number) => {
    await page.goto('/operator');
    await search(page, testPerson(number).email);
    await page.waitForURL(/\/operator\/customers\//);
    await expect(page.getByRole('heading', { name: say('support.situation.title') })).toBeVisible();
  };

  const expectState = (page: Page, state: string) =>
    expect(page.getByText(say(`support.situation.now.${state}`))).toBeVisible();

  /** Confirms an action on its page, which is open. */
  const confirm = async (page: Page, action: string, reason: string, how: 'confirm' | 'ask' = 'confirm') => {
    await page.getByLabel(say('support.act.reason')).selectOption(reason);
    const button = say(`support.act.${how}`, { action: say(`support.act.title.${action}`) });
    await page.getByRole('button', { name: button, exact: true }).click();
    await page.waitForURL(/\/operator\/customers\/[\da-f-]{36}$/);
  };

  test.describe(language, () => {
    test.use({ locale: language });

    test('customers: found, not found, waiting for Kuna, with a wallet', async ({ page, browser }) => {
      await setSwitches({ verification: 'pending' });
      await customer(browser, 1260);
      await signIn(page, SUPERVISOR, { path: '/operator?queue=waiting' });
      await expect(page.getByText(say('operatorQueues.standings.verifying')).first()).toBeVisible();
      await lookAt(page, 'waiting');
      await search(page, 'nobody@example.com');
      await expect(page.getByText(say('operatorSearch.problems.none'))).toBeVisible();
      await lookAt(page, 'no-match');
      await openCustomer(page, 1260);
      await expectState(page, 'verifying');
      await lookAt(page, 'customer-verifying');
      await setSwitches({ verification: 'accepted' });
      const theirs = await customer(browser, 1261);
      await buy(await openWidget(theirs, say));
      await search(page, 'customer12');
      await expect(page.getByRole('search').getByRole('listitem').first()).toBeVisible();
      await lookAt(page, 'found');
      await openCustomer(page, 1261);
      await expect(page.getByRole('list', { name: say('support.money.operations') })).toBeVisible();
      await page.getByLabel(say('support.notes.label')).fill('1234567890 '.repeat(12));
      await page.getByRole('button', { name: say('support.notes.add') }).click();
      await expect(page.getByText(say('support.outcomes.noted'))).toBeVisible();
      await page.locator('button[name=field][value=email]').click();
      await expect(page.getByText(testPerson(1261).email)).toBeVisible();
      await page.getByText(say('support.story.technical')).click();
      await lookAt(page, 'customer');
      for (const action of ['cancel-authorisation', 'sign-out', 'delete']) {
        await page.goto(`${new URL(page.url()).pathname.split('/').slice(0, 4).join('/')}/${action}`);
        await expect(page.getByLabel(say('support.act.reason'))).toBeVisible();
        await lookAt(page, `action-${action}`);
      }
      await confirm(page, 'delete', 'customer-asked', 'ask');
      const second = await operator(browser, SECOND_SUPERVISOR, new URL(page.url()).pathname);
      const button = say('support.approvals.confirm', { action: say('support.act.title.delete') });
      await lookAt(second, 'customer-deletion-requested');
      await second.getByRole('button', { name: button }).click();
      await expectState(second, 'deleted');
      await lookAt(second, 'customer-deleted');
    });

    test('customers who need us: a conflict, details that Kuna rejected, a wallet on hold', async ({
      page,
      browser,
    }) => {
      const { email } = testPerson(1262);
      await addCustomer({
        ...{ firstName: 'Some', lastName: 'Body', country: 'UA', email, externalId: 'of another partner' },
        ...{ verificationDocumentId: 'AA000000', residenceAddress: 'Kyiv' },
      });
      await customer(browser, 1262);
      await setFault({ endpoint: '/v2/customer/create', kind: 'status', status: 422, count: 1 });
      await customer(browser, 1263);
      await setSwitches({ verification: 'pending' });
      const onHold = await customer(browser, 1264);
      const [record] = await customersOf(testPerson(1264).email);
      await changeCustomer(record?.id ?? '', { verificationStatus: 'ACCEPTED', walletStatus: 'Blocked' });
      await onHold.goto('/account');
      const stopped = onHold.getByRole('heading', { name: say('account.states.blocked.title') });
      await expect(stopped).toBeVisible({ timeout: 30_000 });
      await signIn(page, SUPERVISOR, { path: '/operator' });
      await lookAt(page, 'needs-us');
      await openCustomer(page, 1262);
      await expectState(page, 'conflict');
      await lookAt(page, 'customer-conflict');
      const path = new URL(page.url()).pathname;
      for (const action of ['link-conflict', 'dismiss-conflict', 'ask-again']) {
        await page.goto(`${path}/${action}`);
        await expect(page.getByLabel(say('support.act.reason'))).toBeVisible();
        await lookAt(page, `action-${action}`);
      }
      await openCustomer(page, 1263);
      await expectState(page, 'rejected');
      await lookAt(page, 'customer-rejected');
      await openCustomer(page, 1264);
      await expectState(page, 'blocked');
      await lookAt(page, 'customer-on-hold');
    });

    test('a block, its undoing by two people, and what agents and auditors see', async ({ page, browser }) => {
      await signIn(await newPage(browser), testPerson(1265).sub);
      await signIn(page, SUPERVISOR, { path: '/operator?queue=all' });
      await lookAt(page, 'all');
      await openCustomer(page, 1265);
      await expectState(page, 'details-missing');
      await lookAt(page, 'customer-details-missing');
      await page.getByRole('link', { name: say('support.act.title.block') }).click();
      await expect(page.getByLabel(say('support.act.reason'))).toBeVisible();
      await lookAt(page, 'action-block');
      await confirm(page, 'block', 'suspected-misuse');
      await expect(page.getByText(say('support.outcomes.block'))).toBeVisible();
      await lookAt(page, 'customer-blocked');
      const path = new URL(page.url()).pathname;
      await page.getByRole('link', { name: say('support.outcomes.undo') }).click();
      await expect(page.getByLabel(say('support.act.reason'))).toBeVisible();
      await lookAt(page, 'action-unblock');
      await confirm(page, 'unblock', 'mistake', 'ask');
      await expect(page.getByText(say('support.approvals.own'))).toBeVisible();
      await lookAt(page, 'customer-unblock-requested');
      await page.goto('/operator?queue=blocked');
      await lookAt(page, 'blocked');
      for (const [role, sub] of Object.entries({ agent: AGENT, auditor: AUDITOR })) {
        const theirs = await operator(browser, sub, path);
        await expectState(theirs, 'sign-in-blocked');
        await lookAt(theirs, `customer-for-${role}`);
      }
    });

    test('Kuna down, the integration, the audit log, too many requests', async ({ page, browser }) => {
      await customer(browser, 1266);
      await setFault({ endpoint: '/v2/operation/find', kind: 'status', status: 503 });
      await signIn(page, SUPERVISOR, { path: '/operator' });
      await openCustomer(page, 1266);
      await expect(page.getByText(say('support.money.down'))).toBeVisible();
      await lookAt(page, 'customer-kuna-down');
      await page.goto('/operator/integration');
      await expect(page.getByRole('heading', { name: say('integration.title'), level: 1 })).toBeVisible();
      await lookAt(page, 'integration');
      await page.goto('/operator/audit');
      await expect(page.getByRole('heading', { name: say('operator.auditLog.title') })).toBeVisible();
      await lookAt(page, 'audit');
    });
  });
}
