// The portal keeps working while KunaCore is down.
// ASVS 5.0: 16.5.2
import { expect, test } from '@playwright/test';
import { agreeAndSave, openAgain, openWidget, readyToBuy, signIn, signOut, widget, widgetAddress } from './portal';
import {
  addCustomer,
  changeCustomer,
  clearFaults,
  customersOf,
  pathsOf,
  person,
  setFault,
  setSwitches,
  storyOf,
} from './sandbox';

test.afterEach(async () => {
  await clearFaults();
  await setSwitches({ verification: 'accepted' });
});

const down = { endpoint: '*', kind: 'status', status: 503 };

test('signing out works at once while KunaCore is down, and the token is revoked soon after it is back', async ({
  page,
  context,
}) => {
  const { sub, email } = person(30);
  await readyToBuy(page, sub);
  await openWidget(page);
  const address = widgetAddress(page);
  await setFault(down);
  await signOut(page);
  await expect
    .poll(async () => (await storyOf(email)).filter(({ path }) => path === '/v2/ramp/invalidate').length)
    .toBeGreaterThan(0);
  expect((await customersOf(email))[0]?.liveTokens).toBe(1);
  await clearFaults();
  await expect.poll(async () => (await customersOf(email))[0]?.liveTokens, { timeout: 15_000 }).toBe(0);
  expect(await openAgain(context, address)).toBe('Session ended');
});

test('the buy page says that KunaCore is down, and recovers by itself', async ({ page }) => {
  await readyToBuy(page, person(31).sub);
  await setFault({ ...down, endpoint: '/v2/ramp/token' });
  await page.getByRole('button', { name: 'Buy crypto' }).click();
  await expect(widget(page).getByRole('heading', { name: 'We can’t reach Kuna right now' })).toBeVisible();
  await expect(widget(page).getByRole('link', { name: 'Try again' })).toBeVisible();
  await clearFaults();
  await expect(widget(page).getByText(/^Wallet of/)).toBeVisible({ timeout: 20_000 });
});

test('details saved while KunaCore does not answer are kept, and the customer is created once it does', async ({
  page,
}) => {
  const { sub, email } = person(32);
  await signIn(page, sub);
  await setFault({ endpoint: '/v2/customer/create', kind: 'reset-before' });
  await page.goto('/account/details');
  await agreeAndSave(page);
  await expect(page.getByRole('heading', { name: 'We are opening your wallet' })).toBeVisible();
  expect(await customersOf(email)).toHaveLength(0);
  await clearFaults();
  // The page shows it without a reload.
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible({ timeout: 30_000 });
  expect(await customersOf(email)).toHaveLength(1);
});

test('a response that gets lost does not lead to a second customer [T25]', async ({ page }) => {
  const { sub, email } = person(33);
  await signIn(page, sub);
  await setFault({ endpoint: '/v2/customer/create', kind: 'apply-then-fail', count: 1 });
  await page.goto('/account/details');
  await agreeAndSave(page);
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
  expect(await customersOf(email)).toHaveLength(1);
  expect((await pathsOf(email)).filter((path) => path === '/v2/customer/create')).toHaveLength(1);
});

test("an address that belongs to another partner's customer is never taken over [T21]", async ({ page }) => {
  const { sub, email } = person(34);
  const details = {
    firstName: 'V',
    lastName: 'Ictim',
    country: 'UA',
    verificationDocumentId: 'X1',
    residenceAddress: 'Kyiv',
  };
  await addCustomer({ ...details, email, externalId: 'of another partner' });
  await signIn(page, sub);
  await page.goto('/account/details');
  await agreeAndSave(page);
  await expect(page.getByRole('heading', { name: 'We need to check something with you' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Buy crypto' })).toHaveCount(0);
  await page.goto('/account/buy');
  await expect(page.getByRole('heading', { name: 'We need to check something with you' })).toBeVisible();
  await expect(page.locator('iframe')).toHaveCount(0);
  expect(await pathsOf(email)).not.toContain('/v2/ramp/token');
  expect(await page.content()).not.toContain('Ictim');
});

test('details that KunaCore does not accept can be corrected', async ({ page }) => {
  const { sub, email } = person(35);
  await signIn(page, sub);
  await setFault({ endpoint: '/v2/customer/create', kind: 'status', status: 422, count: 1 });
  await page.goto('/account/details');
  await agreeAndSave(page);
  await expect(page.getByRole('heading', { name: 'Please check your details' })).toBeVisible();
  await page.getByRole('link', { name: 'Correct details' }).click();
  await expect(page.getByText('Kuna didn’t accept these details')).toBeVisible();
  await agreeAndSave(page, 'FE999999');
  await expect(page).toHaveURL(/\/account\/buy$/);
  expect(await customersOf(email)).toHaveLength(1);
});

test('the account says that Kuna is verifying, and continues by itself when it is done', async ({ page }) => {
  const { sub, email } = person(36);
  await setSwitches({ verification: 'pending' });
  await signIn(page, sub);
  await page.goto('/account/details');
  await agreeAndSave(page);
  await expect(page.getByRole('heading', { name: 'Kuna is verifying you' })).toBeVisible();
  await expect(page.getByText('Kuna has your details and is checking them.')).toBeVisible();
  const [customer] = await customersOf(email);
  await changeCustomer(customer?.id ?? '', { verificationStatus: 'ACCEPTED' });
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible({ timeout: 30_000 });
});

test('a wallet that Kuna blocks is explained, and can be used again once the block is lifted', async ({ page }) => {
  const { sub, email } = person(37);
  await readyToBuy(page, sub);
  const [customer] = await customersOf(email);
  await changeCustomer(customer?.id ?? '', { walletStatus: 'Blocked' });
  // By its address: the overview may notice the block before a click on its button.
  await page.goto('/account/buy');
  await expect(page.getByRole('heading', { name: 'Your wallet is on hold' })).toBeVisible();
  await changeCustomer(customer?.id ?? '', { walletStatus: 'Active' });
  await expect(widget(page).getByText(/^Wallet of/)).toBeVisible({ timeout: 30_000 });
});
