// The support console: access, actions and the audit log.
// ASVS 5.0: 7.4.2 7.4.5 8.2.1 8.2.3 16.3.1 16.3.2 16.4.2
import { type Browser, expect, type Page, test } from '@playwright/test';
import { builtActions } from './build';
import { providerName } from './institution';
import { askForLink, linkTo, openAgain, openWidget, readyToBuy, signIn, signInByLink, widgetAddress } from './portal';
import { chooseAtProvider, pathsOf, person } from './sandbox';
import { PORTAL } from './stack';
import { act, causeConflict, openCustomer } from './support';

const OPERATOR = 'oksana-melnyk';
const CONSOLE_ACTIONS = ['findCustomers', 'actOnCustomer', 'decideRequest', 'addCustomerNote', 'revealContact'];

async function supportConsole(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, OPERATOR, { path: '/operator' });
  await expect(page.getByRole('heading', { level: 1, name: 'Customers' })).toBeVisible();
  return page;
}

test('an operator finds a customer, ends the authorisation, blocks them and asks to unblock', async ({
  page,
  context,
  browser,
}) => {
  const { sub, email } = person(45);
  await readyToBuy(page, sub);
  await openWidget(page);
  const address = widgetAddress(page);

  const operator = await supportConsole(browser);
  await openCustomer(operator, email);
  await act(operator, 'End Kuna session', 'Device lost or stolen');
  await expect(operator.getByText('The Kuna session is closing.')).toBeVisible();
  await expect.poll(() => pathsOf(email)).toContain('/v2/ramp/invalidate');
  expect(await openAgain(context, address)).toMatch(/session/i);
  await page.goto('/account');
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();

  await act(operator, 'Sign out everywhere', 'Device lost or stolen');
  await expect(operator.getByText('Signed out everywhere.')).toBeVisible();
  // The page shows what support needs, and no identity data that Kuna verifies.
  for (const headers of [{}, { rsc: '1' }] as Record<string, string>[]) {
    const file = await (await operator.request.get(operator.url(), { headers })).text();
    for (const detail of [email, 'FE123456', '45 Sample St', '+38050']) expect(file).not.toContain(detail);
  }
  await page.goto('/account');
  await expect(page).toHaveURL(/\/sign-in/);

  await signIn(page, sub);
  await act(operator, 'Block sign-in', 'Suspected misuse');
  await expect(operator.getByText('Sign-in is blocked.')).toBeVisible();
  await page.goto('/account');
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(page, sub).catch(() => {});
  await expect(page.getByText('This account is blocked.')).toBeVisible();

  await act(operator, 'Unblock', 'Checked, all in order', { button: 'Request: Unblock' });
  await expect(operator.getByText('Requested. A second supervisor has to confirm it.')).toBeVisible();

  // The audit log has every action with the operator's id.
  await operator.goto(`/operator/audit?subject=${operator.url().split('/').at(-1)}`);
  // The page says when the chain was last verified, and with what result.
  await expect(operator.getByText(/^(Not checked yet|Checked .*: intact)/)).toBeVisible();
  const auditLog = operator.getByRole('list', { name: 'Audit log' });
  for (const done of ['cancel-authorisation', 'block', 'requested-unblock', 'sign-out'])
    await expect(auditLog.getByRole('listitem').filter({ hasText: `action=${done}` })).toContainText('operator:');
  for (const event of [
    'session_created',
    'sensitive_update',
    'authn_token_created',
    'authn_token_revoked',
    'authn_login_lock',
    'authn_login_fail',
    'sensitive_read',
  ])
    await expect(auditLog.getByText(event, { exact: true }).first()).toBeVisible();
  await expect(auditLog).not.toContainText(email);
  // Each gets its place in the chain without another request for it.
  await expect(async () => {
    await operator.reload();
    await expect(auditLog.getByRole('listitem').first()).toBeVisible();
    await expect(auditLog.getByText('new', { exact: true })).toHaveCount(0, { timeout: 1 });
  }).toPass();
});

test('a customer whose address is already used at Kuna is listed under “Needs us”, with that reason', async ({
  page,
  browser,
}) => {
  const { sub, email } = person(46);
  await causeConflict(page, { sub, email });
  const operator = await supportConsole(browser);
  const queue = operator.getByRole('list', { name: 'Needs us' });
  const line = queue.getByRole('listitem').filter({ hasText: 'E-mail already used at Kuna' });
  await expect(line.first()).toContainText('Find out whose record at Kuna it is.');
  await openCustomer(operator, email);
  await expect(operator.getByText('E-mail already used at Kuna', { exact: true })).toBeVisible();
  await expect(operator.getByText('external id of another partner')).toBeVisible();
});

test('an operator whose sign-in is too old signs in again at the provider, and returns to the same customer', async ({
  page,
  browser,
}) => {
  const { sub, email } = person(48);
  await signIn(page, sub);
  const operator = await supportConsole(browser);
  await openCustomer(operator, email);
  const file = new URL(operator.url()).pathname;
  // The page of an action leads here when the sign-in is older than 15 minutes.
  await operator.goto(`/sign-in?${new URLSearchParams({ callbackUrl: file })}&again`);
  await expect(operator.getByText('Nothing has been changed yet.')).toBeVisible();
  // A sign-in by link would give the role of a customer.
  await expect(operator.getByLabel('E-mail')).toHaveCount(0);
  const authorizationRequest = operator.waitForRequest((request) => request.url().includes('prompt=login'));
  await operator.getByRole('button', { name: `Continue with ${providerName}` }).click();
  expect(new URL((await authorizationRequest).url()).searchParams.get('max_age')).toBe('300');
  await chooseAtProvider(operator, OPERATOR);
  await operator.waitForURL(`**${file}`);
  await expect(operator.getByRole('heading', { name: 'What is going on' })).toBeVisible();
  // Other signed-in users are redirected to their account, new ones to their details.
  await page.goto('/sign-in');
  await expect(page).toHaveURL(/\/account\/details\?then=buy$/);
});

test('an operator who signs in by a link is a customer, and gets a 404 for the support console', async ({ page }) => {
  await page.goto('/sign-in?callbackUrl=/operator');
  await askForLink(page, 'operator@example.com');
  await signInByLink(page, await linkTo('operator@example.com'));
  expect((await page.request.get('/account')).status()).toBe(200);
  expect((await page.request.get('/operator')).status()).toBe(404);
});

test('an operator cannot block themselves by changing the form', async ({ page }) => {
  await signIn(page, OPERATOR, { path: '/operator' });
  await openCustomer(page, 'operator@example.com');
  await page.getByRole('link', { name: 'Sign out everywhere' }).click();
  await page.getByLabel('Reason').selectOption('Device lost or stolen');
  const forged = '<input type="hidden" name="action" value="block">';
  await page.locator('input[name=action]').evaluate((own, html) => own.insertAdjacentHTML('beforebegin', html), forged);
  await page.getByRole('button', { name: 'Yes: Sign out everywhere' }).click();
  await expect(page.getByText('You can’t do this to yourself. Nothing was changed.')).toBeVisible();
  expect((await page.request.get('/operator')).status()).toBe(200);
});

test('lists, searches and reads of the audit log are audited, without the search terms [T13]', async ({ browser }) => {
  const operator = await supportConsole(browser);
  await operator.goto('/operator?queue=blocked');
  await operator.goto('/operator');
  await operator.getByLabel('Find a customer').fill('searched.for@example.com');
  await operator.getByRole('button', { name: 'Find' }).click();
  await expect(operator.getByText('No customer found.')).toBeVisible();
  await operator.goto('/operator/audit');
  await operator.goto('/operator/audit');
  const auditLog = operator.getByRole('list', { name: 'Audit log' });
  for (const line of [
    /(?=.*object=customers)(?=.*filter=blocked)(?=.*results=\d)/,
    /(?=.*object=search)(?=.*filter=email)(?=.*results=0)/,
    /(?=.*object=audit-log)(?=.*results=\d)/,
  ])
    await expect(auditLog.getByRole('listitem').filter({ hasText: line }).first()).toContainText('operator:');
  await expect(auditLog).not.toContainText('searched.for');
});

test('a customer gets the response of an unknown address for everything under /operator [T12]', async ({ page }) => {
  await signIn(page, person(49).sub);
  const ids = builtActions().filter(({ name }) => CONSOLE_ACTIONS.includes(name));
  expect(ids).toHaveLength(CONSOLE_ACTIONS.length);
  const origin = { origin: PORTAL.origin };
  const uuid = '00000000-0000-4000-8000-000000000000';
  const requests: [string, string, Record<string, string>, string?][] = [
    ['page', 'GET', {}],
    ['its head', 'HEAD', {}],
    ['payload of a navigation', 'GET', { rsc: '1' }],
    ['payload of a prefetch', 'GET', { rsc: '1', 'next-router-prefetch': '1' }],
    [
      'payload of a segment',
      'GET',
      { rsc: '1', 'next-router-prefetch': '1', 'next-router-segment-prefetch': '/_tree' },
    ],
    ['form', 'POST', origin, 'customer=x'],
    ['unknown action', 'POST', { ...origin, 'next-action': '0'.repeat(42) }, '[]'],
    ...ids.map(
      ({ id }) =>
        ['action of the support console', 'POST', { ...origin, 'next-action': id }, '["$K1"]'] as [
          string,
          string,
          Record<string, string>,
          string,
        ],
    ),
  ];
  for (const [what, method, headers, data] of requests)
    for (const rest of [
      '',
      '/audit',
      `/customers/${uuid}`,
      `/customers/${uuid}/block`,
      `/customers/${uuid}/data.json`,
      `/customers/${uuid}/timeline.csv`,
      '/nothing-of-that-name',
      '?page=2',
    ]) {
      const responses: unknown[] = [];
      for (const root of ['/operator', '/nowhither']) {
        const response = await page.request.fetch(root + rest, { method, headers, data, maxRedirects: 0 });
        const { 'x-request-id': number = '-', 'content-security-policy': policy = '' } = response.headers();
        const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '-';
        const plain = (text: string) => {
          // React's keys contain a random number for each request.
          const random = /[\w-]{21}(?=[vm]\\?")/g;
          let same = text.replaceAll(number, 'NUMBER').replaceAll(nonce, 'NONCE').replaceAll(random, 'KEY');
          for (const name of ['operator', 'nowhither']) same = same.replaceAll(name, 'PATH');
          return same;
        };
        const received = Object.entries(response.headers())
          .filter(([name]) => name !== 'date')
          .map(([name, value]) => `${name}: ${plain(value)}`);
        responses.push({ status: response.status(), headers: received.sort(), body: plain(await response.text()) });
      }
      expect(responses[0], `${what} of ${rest}`).toEqual(responses[1]);
      // Next reports an unknown action before it looks for the page.
      const status = what === 'unknown action' ? 409 : 404;
      expect((responses[0] as { status: number }).status, `${what} of ${rest}`).toBe(status);
    }
});

test('a customer gets 404 for the support console, and a search without a match says so', async ({ page, browser }) => {
  const { sub, email } = person(47);
  await signIn(page, sub);
  for (const path of ['/operator', '/operator/audit', '/operator/customers/00000000-0000-4000-8000-000000000000']) {
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(404);
    await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
  }
  const operator = await supportConsole(browser);
  await openCustomer(operator, email);
  // The customer's history records the attempt.
  const history = operator.getByRole('list', { name: 'What happened' });
  await expect(
    history.getByRole('listitem').filter({ hasText: 'Tried something that is not allowed' }),
  ).not.toHaveCount(0);
  for (const [unknown, problem] of [
    ['nobody@example.com', 'No customer found.'],
    ['x', 'Type at least 3 letters or 4 digits.'],
    ['', 'Type something to search for.'],
  ] as const) {
    await operator.goto('/operator');
    await operator.getByLabel('Find a customer').fill(unknown);
    await operator.getByRole('button', { name: 'Find' }).click();
    await expect(operator.getByText(problem)).toBeVisible();
    await expect(operator.getByLabel('Find a customer')).toHaveValue(unknown);
  }
  for (const path of ['/operator/customers/x', '/operator/customers/00000000-0000-4000-8000-000000000000'])
    expect((await operator.goto(path))?.status(), path).toBe(404);
});

test('a blocked person learns of the block after opening the link, not before [T19]', async ({ page, browser }) => {
  const { sub, email } = person(76);
  await signIn(page, sub);
  const operator = await supportConsole(browser);
  await openCustomer(operator, email);
  await act(operator, 'Block sign-in', 'Suspected misuse');
  await expect(operator.getByText('Sign-in is blocked.')).toBeVisible();
  await page.goto('/sign-in');
  await askForLink(page, email);
  await expect(page.getByRole('heading', { name: 'Check your mailbox' })).toBeVisible();
  await signInByLink(page, await linkTo(email));
  await expect(page.getByText('This account is blocked.')).toBeVisible();
  await page.goto('/account');
  await expect(page).toHaveURL(/\/sign-in/);
});
