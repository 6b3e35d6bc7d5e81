// Review of details by operators, on a portal of its own with KYC_MODE=review and KYC_FOUR_EYES=on.
// ASVS 5.0: 2.3.5 8.2.1
import { type Browser, expect, type Page, test } from '@playwright/test';
import { agreeAndSave, signIn } from './portal';
import { customersOf, pathsOf, person } from './sandbox';
import { runReviewPortal } from './spare-portal';

const origin = runReviewPortal();
const SUPERVISOR = 'oksana-melnyk';
const AGENT = 'ihor-tkachenko';
const AUDITOR = 'petro-lysenko';

async function signedIn(browser: Browser, sub: string, path = '/account'): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, sub, { origin, path });
  return page;
}

/** Opens the review of the only customer who waits. */
async function openReview(operator: Page, name: string): Promise<void> {
  await operator.goto(`${origin}/operator/review`);
  await operator.getByRole('link', { name }).click();
  await operator.getByRole('link', { name: 'Review the details' }).click();
  await expect(operator.getByRole('heading', { level: 1, name: 'Review details' })).toBeVisible();
}

test('details are returned with a reason, corrected, accepted by two operators, and reach Kuna only then [T43]', async ({
  page,
  browser,
}) => {
  test.setTimeout(120_000);
  const { sub, email } = person(1851);
  await signIn(page, sub, { origin, path: '/account/details' });
  await agreeAndSave(page, 'FE000000');
  await expect(page.getByRole('heading', { name: 'We are checking your details' })).toBeVisible();

  const agent = await signedIn(browser, AGENT, '/operator/review');
  await openReview(agent, 'Customer Number1851');
  await expect(agent.getByText('FE000000')).toBeVisible();
  await agent.getByLabel('Reason').selectOption('mistyped');
  await agent.getByLabel('Note to the customer').fill('Please compare the document number.');
  await agent.getByRole('button', { name: 'Return to the customer' }).click();
  await expect(agent.getByText('Returned. The customer can read why.')).toBeVisible();

  await page.goto(`${origin}/account`);
  await expect(page.getByText('Please compare the document number.')).toBeVisible();
  await page.getByRole('link', { name: 'Correct details' }).click();
  await expect(page.getByText('Something looks mistyped.')).toBeVisible();
  await page.getByLabel('Document number').fill('FE123456');
  const consent = page.getByRole('checkbox', { name: /^I agree/ });
  if (await consent.isVisible()) await consent.check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL('**/account');
  await expect(page.getByRole('heading', { name: 'We are checking your details' })).toBeVisible();

  await openReview(agent, 'Customer Number1851');
  await agent.getByRole('button', { name: 'Accept the details' }).click();
  await expect(agent.getByText('Accepted. Another operator has to accept them, too.')).toBeVisible();
  await expect(agent.getByRole('button', { name: 'Accept the details' })).toHaveCount(0);
  expect(await pathsOf(email)).toEqual([]);

  const supervisor = await signedIn(browser, SUPERVISOR, '/operator');
  await openReview(supervisor, 'Customer Number1851');
  await supervisor.getByRole('button', { name: 'Accept the details' }).click();
  await expect(supervisor.getByText('Accepted. Kuna gets the details now.')).toBeVisible();
  await expect.poll(async () => (await customersOf(email)).length).toBe(1);
  await page.goto(`${origin}/account`);
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();

  // Who read and decided is in the audit log.
  await supervisor.getByRole('link', { name: 'Back to the customer' }).click();
  await expect(supervisor.getByRole('list', { name: 'What happened' })).toContainText('Returned the details');
  await supervisor.goto(`${origin}/operator/audit?subject=${new URL(supervisor.url()).pathname.split('/').at(-1)}`);
  const auditLog = supervisor.getByRole('list', { name: 'Audit log' });
  for (const entry of ['object=details-in-review', 'review=returned', 'review=accepted-first', 'review=accepted'])
    await expect(auditLog.getByRole('listitem').filter({ hasText: entry }).first()).toContainText('operator:');
  await expect(auditLog).not.toContainText('compare the document');

  // Withdrawing the consent ends buying until the person agrees again.
  await page.goto(`${origin}/account/details`);
  await page.getByText('Withdraw my consent', { exact: true }).click();
  await page.getByRole('button', { name: 'Withdraw my consent now' }).click();
  await expect(page.getByText(/You withdrew your consent on/)).toBeVisible();
  await page.goto(`${origin}/account`);
  await expect(page.getByRole('heading', { name: 'You withdrew your consent' })).toBeVisible();
  await page.getByRole('link', { name: 'Agree again' }).click();
  await expect(consent).not.toBeChecked();
  await consent.check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL('**/account/buy');
  await page.goto(`${origin}/account`);
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
});

test('an auditor sees who waits, and neither details nor buttons [T43]', async ({ page, browser }) => {
  const { sub, email } = person(1852);
  await signIn(page, sub, { origin, path: '/account/details' });
  await agreeAndSave(page);
  const auditor = await signedIn(browser, AUDITOR, '/operator/review');
  await expect(auditor.getByText(email)).toHaveCount(0);
  await auditor.getByRole('link', { name: 'Customer Number1852' }).click();
  await expect(auditor.getByRole('heading', { name: 'Details are waiting for review' })).toBeVisible();
  await expect(auditor.getByRole('link', { name: 'Review the details' })).toHaveCount(0);
  expect((await auditor.goto(`${auditor.url()}/review`))?.status()).toBe(404);
});
