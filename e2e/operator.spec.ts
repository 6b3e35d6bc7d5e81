// The institution's desk: who may sit there, what can be done from it, and what it leaves behind.
import { type Browser, expect, type Page, test } from '@playwright/test';
import { openAgain, openWidget, readyToBuy, signIn, widgetAddress } from './portal';
import { addCustomer, pathsOf, person } from './sandbox';

const OPERATOR = 'oksana-melnyk';

async function desk(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, OPERATOR, { path: '/operator' });
  await expect(page.getByRole('heading', { level: 1, name: 'Customers' })).toBeVisible();
  return page;
}

async function openFile(page: Page, email: string): Promise<void> {
  await page.goto('/operator');
  await page.getByLabel('Find by e-mail address').fill(email);
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page.getByRole('heading', { level: 1, name: email })).toBeVisible();
}

test('an operator finds a customer, ends the authorisation, keeps them out and lets them in again', async ({
  page,
  context,
  browser,
}) => {
  const { sub, email } = person(45);
  await readyToBuy(page, sub);
  await openWidget(page);
  const address = widgetAddress(page);

  const operator = await desk(browser);
  await openFile(operator, email);
  await operator.getByRole('button', { name: 'End Kuna’s access' }).click();
  await expect(operator.getByText('Kuna’s access ends.')).toBeVisible();
  await expect.poll(() => pathsOf(email)).toContain('/v2/ramp/invalidate');
  expect(await openAgain(context, address)).toMatch(/session/i);
  await page.goto('/account');
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();

  await operator.getByRole('button', { name: 'Keep out' }).click();
  await expect(operator.getByText('Kept out from now on.')).toBeVisible();
  await page.goto('/account');
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(page, sub).catch(() => {});
  await expect(page.getByText('This account is blocked at the moment.')).toBeVisible();

  await operator.getByRole('button', { name: 'Let in again' }).click();
  await expect(operator.getByText('Can sign in again.')).toBeVisible();
  await signIn(page, sub);
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();

  await openFile(operator, email);
  await operator.getByRole('button', { name: 'Sign out everywhere' }).click();
  await expect(operator.getByText('Signed out everywhere.')).toBeVisible();
  // The file holds what the desk needs, and nothing of what Kuna verifies.
  for (const headers of [{}, { rsc: '1' }] as Record<string, string>[]) {
    const file = await (await operator.request.get(operator.url(), { headers })).text();
    expect(file).toContain(email);
    for (const detail of ['FE123456', '45 Sample St', '+38050']) expect(file).not.toContain(detail);
  }
  await page.goto('/account');
  await expect(page).toHaveURL(/\/sign-in/);

  // All of it is in the trail, under the operator's name.
  await operator.getByRole('link', { name: 'Everything about this customer' }).click();
  const trail = operator.getByRole('list', { name: 'Audit trail' });
  for (const done of ['cancel-authorisation', 'block', 'unblock', 'sign-out'])
    await expect(trail.getByRole('listitem').filter({ hasText: `action=${done}` })).toContainText('operator:');
  for (const event of [
    'session_created',
    'sensitive_update',
    'authn_token_created',
    'authn_token_revoked',
    'authn_login_lock',
    'authn_login_fail',
    'sensitive_read',
  ])
    await expect(trail.getByText(event, { exact: true }).first()).toBeVisible();
  await expect(trail).not.toContainText(email);
});

test('a customer whose address belongs to somebody else at Kuna stands first, and is named so', async ({
  page,
  browser,
}) => {
  const { sub, email } = person(46);
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
  const operator = await desk(browser);
  const first = operator.getByRole('listitem').filter({ hasText: '@' }).first();
  await expect(first).toContainText('Address belongs to another customer');
  await openFile(operator, email);
  await expect(operator.getByText('Address belongs to another customer')).toBeVisible();
});

test('whoever is no operator finds nothing there; nobody is found who is not there', async ({ page, browser }) => {
  const { sub, email } = person(47);
  await signIn(page, sub);
  for (const path of ['/operator', '/operator/audit', '/operator/customers/00000000-0000-4000-8000-000000000000']) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
  }
  const operator = await desk(browser);
  await openFile(operator, email);
  // That they tried is in their history.
  const history = operator.getByRole('list', { name: 'What happened' });
  await expect(history.getByRole('listitem').filter({ hasText: 'authz_fail' }).first()).toContainText('user:');
  for (const nobody of ['nobody@example.com', 'x', '']) {
    await operator.goto('/operator');
    await operator.getByLabel('Find by e-mail address').fill(nobody);
    await operator.getByRole('button', { name: 'Find' }).click();
    await expect(operator.getByText('Nobody with this address has signed in.')).toBeVisible();
    await expect(operator.getByLabel('Find by e-mail address')).toHaveValue(nobody);
  }
  for (const path of ['/operator/customers/x', '/operator/customers/00000000-0000-4000-8000-000000000000'])
    expect((await operator.goto(path))?.status(), path).toBe(404);
});
