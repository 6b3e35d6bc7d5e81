// The support desk's daily work: an agent answers from the console alone; what is hard to take back needs supervisors.
// ASVS 5.0: 7.4.2 8.2.1 8.2.3
import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, expect, type Page, test } from '@playwright/test';
import { LANGUAGES } from './messages';
import { buy, openWidget, readyToBuy, signIn } from './portal';
import { changeCustomer, clearFaults, customersOf, pathsOf, person, setFault } from './sandbox';
import { act, causeConflict, openCustomer } from './support';

// Each test signs several people in, one after another.
test.describe.configure({ timeout: 120_000 });

const AGENT = 'ihor-tkachenko';
const SUPERVISOR = 'oksana-melnyk';
const SECOND_SUPERVISOR = 'nadiia-kravets';

async function operator(
  browser: Browser,
  sub: string,
  path = '/operator',
  context: BrowserContextOptions = {},
): Promise<Page> {
  const page = await (await browser.newContext(context)).newPage();
  await signIn(page, sub, { path });
  return page;
}

/** Asserts that the audit log has each action of this customer by the operator with this name. */
async function expectAudited(supervisor: Page, customerPage: string, actions: Record<string, string>): Promise<void> {
  await supervisor.goto(customerPage);
  const story = supervisor.getByRole('list', { name: 'What happened' }).getByRole('listitem');
  for (const [action, name] of Object.entries(actions))
    await expect(story.filter({ hasText: action }).first()).toContainText(name);
}

test.afterEach(() => clearFaults());

test('a lost laptop: an agent signs the customer out everywhere, and the reason stands in the notes', async ({
  page,
  browser,
}) => {
  const { sub, email } = person(1201);
  await readyToBuy(page, sub);
  const laptop = await (await browser.newContext()).newPage();
  await signIn(laptop, sub);
  await page.goto('/account/devices');
  const lost = await page.locator('input[name=device]').inputValue();
  await page.goto('/account');
  await openWidget(page);
  const agent = await operator(browser, AGENT);
  await openCustomer(agent, email);
  // Where the customer is signed in, without an id of a session.
  const devices = agent.getByRole('list', { name: 'Signed-in devices' }).getByRole('listitem');
  await expect(devices).toHaveCount(2);
  await expect(devices.first()).toContainText(/Last seen .* · Signed in/);
  // The e-mail about the second sign-in is listed, too.
  await expect(async () => {
    await agent.reload();
    await expect(agent.getByRole('list', { name: 'E-mails' })).toContainText('New sign-in', { timeout: 1_000 });
  }).toPass();
  expect(await agent.content()).not.toContain(lost);
  for (const notTheirs of ['Block sign-in', 'Delete account', 'Download the customer’s data'])
    await expect(agent.getByRole('link', { name: notTheirs })).toHaveCount(0);
  await act(agent, 'Sign out everywhere', 'Device lost or stolen');
  await expect(agent.getByText('Signed out everywhere.')).toBeVisible();
  await expect(agent.getByText('Sign out everywhere: Device lost or stolen')).toBeVisible();
  await expect(agent.getByText('Not signed in anywhere.')).toBeVisible();
  for (const browserOf of [page, laptop]) {
    await browserOf.goto('/account');
    await expect(browserOf).toHaveURL(/\/sign-in/);
  }
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
  await expect(operations).toContainText('The customer reads: “Done: your crypto is in your Kuna wallet.”');
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

for (const javaScriptEnabled of [true, false])
  test(`a form that is not carried out keeps what the agent typed, ${javaScriptEnabled ? 'with' : 'without'} script`, async ({
    page,
    browser,
  }) => {
    const { sub, email } = person(javaScriptEnabled ? 1212 : 1213);
    await signIn(page, sub);
    const agent = await operator(browser, AGENT, '/operator', { javaScriptEnabled });
    await openCustomer(agent, email);
    await agent.getByRole('link', { name: 'Sign out everywhere', exact: true }).click();
    const text = agent.getByLabel('In your own words');
    await text.fill('Her neighbour\nfound the laptop.');
    await agent.getByRole('button', { name: 'Yes: Sign out everywhere' }).click();
    await expect(agent.getByText('Choose a reason. Nothing was changed.')).toBeVisible();
    await expect(text).toHaveValue('Her neighbour\nfound the laptop.');
    await agent.getByLabel('Reason').selectOption('Other');
    await text.fill(' ');
    await agent.getByRole('button', { name: 'Yes: Sign out everywhere' }).click();
    await expect(agent.getByText('A text is needed here')).toBeVisible();
    await expect(agent.getByLabel('Reason')).toHaveValue('other');
    // As long as the browser allows, with line breaks.
    await text.fill(`${'x'.repeat(999)}\n${'y'.repeat(1000)}`);
    await agent.getByRole('button', { name: 'Yes: Sign out everywhere' }).click();
    await expect(agent.getByText('Signed out everywhere.')).toBeVisible();
    await agent.getByLabel('New note').fill('First');
    await agent.getByRole('button', { name: 'Add note' }).click();
    await expect(agent.getByText('The note is stored.')).toBeVisible();
    await expect(agent.getByLabel('New note'), 'a stored note leaves an empty form').toHaveValue('');
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
  // The open widget page would notice it.
  await page.goto('/');
  await changeCustomer(customer?.id ?? '', { walletStatus: 'Blocked' });
  const agent = await operator(browser, AGENT);
  await openCustomer(agent, email);
  const wallet = agent.getByRole('row', { name: /^Wallet/ });
  await expect(wallet).toContainText('differs');
  await expect(wallet).toContainText('Blocked');
  // Once the customer has tried to buy, the portal knows too.
  await page.goto('/account/buy');
  await expect(page.getByRole('heading', { name: 'Your wallet is on hold' })).toBeVisible();
  await agent.reload();
  await expect(agent.getByText('Wallet on hold', { exact: true })).toBeVisible();
  await expect(agent.getByText('Ready to buy', { exact: true })).toHaveCount(0);
  await expect(wallet).not.toContainText('differs');
  await expect(agent.getByText('Kuna has put your wallet on hold. Your crypto is still yours')).toBeVisible();
  await expect(agent.getByText('Send Kuna the message below.')).toBeVisible();
  const message = agent.getByText('Hello, please look into a customer of ours.');
  for (const id of [customer?.id, customer?.walletId]) await expect(message).toContainText(id ?? 'an id');
  await changeCustomer(customer?.id ?? '', { walletStatus: 'Active' });
  await page.goto('/account');
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible({ timeout: 30_000 });
  await agent.reload();
  await expect(agent.getByText('Everything is in order. The customer can buy.')).toBeVisible();
});

test('a conflict: an agent sees both records, and two supervisors link them after proof', async ({ page, browser }) => {
  const { sub, email } = person(1205);
  await causeConflict(page, { sub, email });
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
  await expect(first.getByText('Requested. A second supervisor has to confirm it.')).toBeVisible();
  // The same person confirms nothing, not even by changing the form.
  await expect(first.getByRole('button', { name: 'Confirm: Link to Kuna’s record' })).toHaveCount(0);
  const withdraw = first.getByRole('button', { name: 'Withdraw' });
  await withdraw.evaluate((button) => button.setAttribute('value', 'confirm'));
  await withdraw.click();
  await expect(first.getByText('You can’t confirm your own request. Nothing was changed.')).toBeVisible();
  expect(await customersOf(email)).toMatchObject([{ externalId: 'of another partner' }]);
  const second = await operator(browser, SECOND_SUPERVISOR, file);
  await second.getByRole('button', { name: 'Confirm: Link to Kuna’s record' }).click();
  await expect(second.getByText('Confirmed and done.')).toBeVisible();
  await expect(second.getByText('Everything is in order. The customer can buy.')).toBeVisible();
  await page.goto('/account');
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
  expect(await customersOf(email)).toMatchObject([{ id: theirs?.id }]);
  await expectAudited(second, file, {
    'Asked to link Kuna’s record': 'Oksana Melnyk',
    'Confirmed: link': 'Nadiia Kravets',
    'Tried something that is not allowed': 'Oksana Melnyk',
  });
});

test('a supervisor downloads a customer’s data, with a reason, and the download is recorded [T13, T37]', async ({
  page,
  browser,
}) => {
  const { sub, email } = person(1210);
  await readyToBuy(page, sub);
  const supervisor = await operator(browser, SUPERVISOR);
  await openCustomer(supervisor, email);
  const file = new URL(supervisor.url()).pathname;
  await supervisor.getByRole('link', { name: 'Download the customer’s data' }).click();
  const ask = supervisor.getByRole('button', { name: 'Yes: Download the customer’s data' });
  // “Other” needs a text.
  await supervisor.getByLabel('Reason').selectOption('Other');
  await ask.click();
  await expect(supervisor.getByText('A text is needed here')).toBeVisible();
  await supervisor.getByLabel('Reason').selectOption('Order of an authority');
  await supervisor.getByLabel('In your own words').fill('Letter of 27 November');
  const downloading = supervisor.waitForEvent('download');
  await ask.click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('customer-data.json');
  const text = readFileSync(await download.path(), 'utf8');
  const [customer] = await customersOf(email);
  expect(JSON.parse(text)).toMatchObject({
    account: { email },
    details: { documentNumber: 'FE123456' },
    kunaCore: { customerId: customer?.id },
    supportNotes: { count: 1 },
  });
  expect(text).not.toMatch(/token_?hash|eyJ|Letter of/i);
  await supervisor.goto(file);
  await expect(supervisor.getByText('The customer’s data was downloaded.')).toBeVisible();
  await expect(supervisor.getByText('Download the customer’s data: Order of an authority')).toBeVisible();
  await expectAudited(supervisor, file, { 'Downloaded the customer’s data': 'Oksana Melnyk' });
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
  await expect(page).toHaveURL(/\/account\/details\?then=buy$/);
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

for (const locale of LANGUAGES)
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
