// The support desk's daily work: an agent answers from the console alone; what is hard to take back needs supervisors.
// ASVS 5.0: 7.4.2 8.2.1 8.2.3
import AxeBuilder from '@axe-core/playwright';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { buy, openWidget, readyToBuy, signIn } from './portal';
import { addCustomer, changeCustomer, clearFaults, customersOf, pathsOf, person, setFault } from './sandbox';
import { act, openCustomer } from './support';

const AGENT = 'ihor-tkachenko';
const SUPERVISOR = 'oksana-melnyk';
const SECOND_SUPERVISOR = 'nadiia-kravets';

async function operator(browser: Browser, sub: string, path = '/operator'): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, sub, { path });
  return page;
}

test.afterEach(() => clearFaults());

test('a lost laptop: an agent signs the customer out everywhere, and the reason stands in the notes', async ({
  page,
  browser,
}) => {
  const { sub, email } = person(1201);
  await readyToBuy(page, sub);
  await openWidget(page);
  const agent = await operator(browser, AGENT);
  await openCustomer(agent, email);
  for (const notTheirs of ['Block sign-in', 'Delete account'])
    await expect(agent.getByRole('link', { name: notTheirs })).toHaveCount(0);
  await act(agent, 'Sign out everywhere', 'Device lost or stolen');
  await expect(agent.getByText('Signed out everywhere.')).toBeVisible();
  await expect(agent.getByText('Sign out everywhere: Device lost or stolen')).toBeVisible();
  await page.goto('/account');
  await expect(page).toHaveURL(/\/sign-in/);
  await expect.poll(() => pathsOf(email)).toContain('/v2/ramp/invalidate');
  // The message was shown once: neither a reload nor an address brings it.
  await agent.reload();
  await expect(agent.getByText('Signed out everywhere.')).toHaveCount(0);
  await agent.goto(`${new URL(agent.url()).pathname}?done=block`);
  await expect(agent.getByText('Sign-in is blocked.')).toHaveCount(0);
});

test('“where is my money?”: an agent sees each purchase with its status, in words, and what to say', async ({
  page,
  browser,
}) => {
  const { sub, email } = person(1202);
  await readyToBuy(page, sub);
  await buy(await openWidget(page));
  const agent = await operator(browser, AGENT);
  await openCustomer(agent, email);
  const operations = agent.getByRole('list', { name: 'Last 20 operations' });
  await expect(operations.getByRole('listitem')).toHaveCount(1);
  await expect(operations).toContainText('Done. The crypto is in the wallet.');
  await expect(operations).toContainText('BTC');
  await expect(agent.getByText('Your wallet is ready. You can buy whenever you like.')).toBeVisible();
  await agent.getByLabel('New note').fill('Asked about a purchase; it is completed.');
  await agent.getByRole('button', { name: 'Add note' }).click();
  await expect(agent.getByText('The note is stored.')).toBeVisible();
  await expect(agent.getByText('Asked about a purchase; it is completed.')).toBeVisible();
  // The customer's contact data is masked until the agent asks for it.
  await expect(agent.getByText(email)).toHaveCount(0);
  await agent.getByRole('button', { name: 'Show the e-mail' }).click();
  await expect(agent.getByText(email)).toBeVisible();
  await expect(agent.getByText('Looked at contact data')).toBeVisible();
  await agent.reload();
  await expect(agent.getByText(email)).toHaveCount(0);
});

test('KunaCore down: the page says so plainly, and the rest works', async ({ page, browser }) => {
  const { sub, email } = person(1203);
  await readyToBuy(page, sub);
  await setFault({ endpoint: '/v2/operation/find', kind: 'status', status: 503 });
  const agent = await operator(browser, AGENT);
  await openCustomer(agent, email);
  await expect(agent.getByText('Kuna isn’t answering right now')).toBeVisible();
  await expect(agent.getByRole('heading', { name: 'What happened' })).toBeVisible();
  await act(agent, 'End Kuna session', 'The customer asked for it');
  await expect(agent.getByText('The Kuna session is closing.')).toBeVisible();
});

test('a wallet on hold at Kuna: one honest state, the difference marked, a message for Kuna', async ({
  page,
  browser,
}) => {
  const { sub, email } = person(1204);
  await readyToBuy(page, sub);
  const [customer] = await customersOf(email);
  await changeCustomer(customer?.id ?? '', { walletStatus: 'Blocked' });
  const agent = await operator(browser, AGENT);
  await openCustomer(agent, email);
  const wallet = agent.getByRole('row', { name: /^Wallet/ });
  await expect(wallet).toContainText('differs');
  await expect(wallet).toContainText('Blocked');
});

test('a conflict: an agent sees both records, and two supervisors link them after proof', async ({ page, browser }) => {
  const { sub, email } = person(1205);
  await addCustomer({
    ...{ firstName: 'Some', lastName: 'Body', country: 'UA' },
    ...{ verificationDocumentId: 'AA000000', residenceAddress: 'Kyiv' },
    email,
    externalId: 'of another partner',
  });
  await signIn(page, sub, { path: '/account/details' });
  await page.getByLabel('Document number').fill('FE123456');
  await page.getByRole('checkbox', { name: /^I agree/ }).check();
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await page.waitForURL('**/account');
  const agent = await operator(browser, AGENT);
  await openCustomer(agent, email);
  await expect(agent.getByText('Kuna already has a customer with this e-mail address')).toBeVisible();
  const [theirs] = await customersOf(email);
  await expect(agent.getByText(`Customer ${theirs?.id}, external id of another partner`)).toBeVisible();
  await expect(agent.getByText('Hello, please look into a customer of ours.')).toBeVisible();
  await expect(agent.getByRole('link', { name: 'Link to Kuna’s record' })).toHaveCount(0);
  const file = new URL(agent.url()).pathname;
  const first = await operator(browser, SUPERVISOR, file);
  await act(first, 'Link to Kuna’s record', 'Checked, all in order', { button: 'Request: Link to Kuna’s record' });
  const second = await operator(browser, SECOND_SUPERVISOR, file);
  await second.getByRole('button', { name: 'Confirm: Link to Kuna’s record' }).click();
  await expect(second.getByText('Confirmed and done.')).toBeVisible();
  await expect(second.getByText('Everything is in order. The customer can buy.')).toBeVisible();
  await page.goto('/account');
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
  expect(await customersOf(email)).toMatchObject([{ id: theirs?.id }]);
});

test('four eyes: one supervisor blocks and asks to unblock, another confirms [T13]', async ({ page, browser }) => {
  const { sub, email } = person(1206);
  await signIn(page, sub);
  const first = await operator(browser, SUPERVISOR);
  await openCustomer(first, email);
  await act(first, 'Block sign-in', 'Suspected misuse');
  await expect(first.getByText('Sign-in blocked', { exact: true })).toBeVisible();
  await expect(first.getByText(/Since .*, by Oksana Melnyk: Suspected misuse/)).toBeVisible();
  await page.goto('/account');
  await expect(page).toHaveURL(/\/sign-in/);
  await first.getByRole('link', { name: 'Undo' }).click();
  await first.getByLabel('Reason').selectOption('It was a mistake');
  await first.getByRole('button', { name: 'Request: Unblock' }).click();
  await expect(first.getByText('Requested. A second supervisor has to confirm it.')).toBeVisible();
  const file = new URL(first.url()).pathname;
  // Neither here nor in another session of the same person.
  for (const own of [first, await operator(browser, SUPERVISOR, file)])
    await expect(own.getByRole('button', { name: 'Confirm: Unblock' })).toHaveCount(0);
  const agent = await operator(browser, AGENT, file);
  await expect(agent.getByText(/Oksana Melnyk asks: Unblock/)).toBeVisible();
  await expect(agent.getByRole('button', { name: 'Confirm: Unblock' })).toHaveCount(0);
  const second = await operator(browser, SECOND_SUPERVISOR, file);
  await second.getByRole('button', { name: 'Confirm: Unblock' }).click();
  await expect(second.getByText('Confirmed and done.')).toBeVisible();
  await signIn(page, sub);
  await expect(page).toHaveURL(/\/account$/);
});

test('without script: an agent ends a session, confirmation included, with the keyboard alone', async ({
  page,
  browser,
}) => {
  const { sub, email } = person(1207);
  await readyToBuy(page, sub);
  const signedIn = await operator(browser, AGENT);
  await openCustomer(signedIn, email);
  const context = await browser.newContext({ javaScriptEnabled: false });
  await context.addCookies(await signedIn.context().cookies());
  const agent = await context.newPage();
  await agent.goto(signedIn.url());
  await agent.getByRole('link', { name: 'End Kuna session' }).focus();
  await agent.keyboard.press('Enter');
  await agent.getByLabel('Reason').focus();
  await agent.keyboard.press('ArrowDown');
  await agent.keyboard.press('Tab');
  await agent.keyboard.press('Tab');
  await agent.keyboard.press('Enter');
  await expect(agent.getByText('The Kuna session is closing.')).toBeVisible();
});

for (const locale of ['en', 'uk'])
  test(`axe finds nothing on the customer's page and the confirmation (${locale})`, async ({ page, browser }) => {
    const { sub, email } = person(locale === 'en' ? 1208 : 1209);
    await readyToBuy(page, sub);
    const found = await operator(browser, SUPERVISOR);
    await openCustomer(found, email);
    const context = await browser.newContext({ locale });
    await context.addCookies(await found.context().cookies());
    const looking = await context.newPage();
    for (const path of ['', '/block']) {
      await looking.goto(found.url() + path);
      await expect(looking.locator('html')).toHaveAttribute('lang', locale);
      expect((await new AxeBuilder({ page: looking }).analyze()).violations).toEqual([]);
    }
  });
