// Data export and account deletion.
// ASVS 5.0: 3.2.1 5.4.1 15.3.1
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { openAgain, openWidget, readyToBuy, signIn, widgetAddress } from './portal';
import { customersOf, pathsOf, person } from './sandbox';
import { PORTAL } from './stack';

test('a user downloads all data stored about them, and only they can [T37]', async ({ page, request }) => {
  const { sub, email } = person(480);
  await readyToBuy(page, sub);
  await page.goto('/account/details');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download my data' }).click();
  expect((await download).suggestedFilename()).toBe('my-data.json');
  const file = await (await download).path();
  const data = JSON.parse(readFileSync(file, 'utf8'));
  const [customer] = await customersOf(email);
  expect(data).toMatchObject({
    account: { email },
    details: { documentNumber: 'FE123456' },
    kunaCore: { customerId: customer?.id, state: 'linked' },
  });
  expect(data.signedInBrowsers).toHaveLength(1);
  expect(data.history.map(({ event }: { event: string }) => event)).toContain('sensitive_update');
  expect(JSON.stringify(data)).not.toMatch(/token_?hash|eyJ/i);

  expect((await request.get('/api/account/own-data')).status()).toBe(401);
  const foreign = { headers: { 'sec-fetch-site': 'cross-site' } };
  expect((await page.request.get('/api/account/own-data', foreign)).status()).toBe(403);
});

test('deletes an account only after a confirmation; then every session ends, and a new sign-in creates a new account [T15]', async ({
  page,
  context,
}) => {
  const { sub, email } = person(481);
  await readyToBuy(page, sub);
  await openWidget(page);
  const address = widgetAddress(page);
  const cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');

  await page.goto('/account/details');
  await page.getByText('Delete my account', { exact: true }).click();
  await page.getByRole('button', { name: 'Delete my account now' }).click();
  await expect(page.getByText('Nothing was deleted. Tick the box to confirm.')).toBeVisible();

  const confirmation = page.getByRole('checkbox', { name: /^Yes, delete/ });
  await expect(confirmation).toBeFocused();
  await confirmation.check();
  await page.getByRole('button', { name: 'Delete my account now' }).click();
  await expect(page.getByText('We have deleted your account and your personal data.')).toBeVisible();
  await expect.poll(() => pathsOf(email)).toContain('/v2/ramp/invalidate');
  expect(await openAgain(context, address)).toMatch(/session/i);
  const replayed = await fetch(`${PORTAL.origin}/account`, { headers: { cookie: cookies }, redirect: 'manual' });
  expect(replayed.status).toBe(307);

  // The same person is a new user now. Their former customer at Kuna is no longer linked; an operator decides.
  await signIn(page, sub, { path: '/account/details' });
  await expect(page.getByLabel('Document number')).toHaveValue('');
});
