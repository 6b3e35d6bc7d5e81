// Steps of an operator in the support console.
import { expect, type Page } from '@playwright/test';
import { agreeAndSave, signIn } from './portal';
import { addCustomer } from './sandbox';

/** Takes an action from a customer's page: opens its confirmation, gives a reason and confirms. */
export async function act(
  page: Page,
  action: string,
  reason: string,
  { button = `Yes: ${action}` } = {},
): Promise<void> {
  await page.getByRole('link', { name: action, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: action })).toBeVisible();
  await page.getByLabel('Reason').selectOption(reason);
  await page.getByRole('button', { name: button, exact: true }).click();
  await page.waitForURL(/\/operator\/customers\/[\da-f-]{36}$/);
}

/** Finds a customer by address and opens their page. */
export async function openCustomer(page: Page, email: string): Promise<void> {
  await page.goto('/operator');
  await page.getByLabel('Find a customer').fill(email);
  await page.getByRole('button', { name: 'Find' }).click();
  await page.waitForURL(/\/operator\/customers\//);
  await expect(page.getByRole('heading', { name: 'What is going on' })).toBeVisible();
}

/** Signs a person in and saves their details, while KunaCore has another customer with their address. */
export async function causeConflict(page: Page, { sub, email }: { sub: string; email: string }): Promise<void> {
  await addCustomer({
    ...{ firstName: 'Some', lastName: 'Body', country: 'UA' },
    ...{ verificationDocumentId: 'AA000000', residenceAddress: 'Kyiv' },
    email,
    externalId: 'of another partner',
  });
  await signIn(page, sub, { path: '/account/details' });
  await agreeAndSave(page);
}
