// ASVS 5.0: 3.4.5 6.5.1 6.5.4 7.4.4 10.2.1 14.2.3 14.3.3
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { institution } from './institution';
import {
  agreeAndSave,
  agreeToVerified,
  askForLink,
  buy,
  confirmDetails,
  linkTo,
  openAgain,
  openWidget,
  signIn,
  signInAtProvider,
  signInByLink,
  signOut,
  widget,
  widgetAddress,
} from './portal';
import { customersOf, mailTo, pathsOf, storyOf } from './sandbox';
import { logFile, PORTAL, SANDBOX } from './stack';

test('a person signs in with OpenID Connect, becomes a customer, buys and signs out, which revokes the token', async ({
  page,
  context,
}) => {
  const email = 'olena.kovalenko@example.com';
  await signInAtProvider(page, 'olena-kovalenko');
  await expect(page.getByRole('heading', { name: 'Confirm your details' })).toBeVisible();

  await expect(page.getByText('12 Khreshchatyk St, Kyiv 01001')).toBeVisible();
  await agreeToVerified(page);

  // Saving leads to the widget, because nothing more is needed.
  const frame = widget(page);
  await expect(frame.getByText('Wallet of Olena Kovalenko')).toBeVisible();
  const address = widgetAddress(page);
  await buy(frame);

  await page.getByRole('link', { name: 'Back to your account' }).click();
  await expect(page.getByRole('row', { name: /BTC/ })).toContainText(/0\.\d+/);
  await expect(page.getByRole('listitem').filter({ hasText: 'Purchase' })).toContainText('Completed');

  await signOut(page);
  await expect.poll(() => pathsOf(email)).toEqual(['/v2/customer/create', '/v2/ramp/token', '/v2/ramp/invalidate']);
  const [create, token] = await storyOf(email);
  const [customer] = await customersOf(email);
  expect(create?.body).toMatchObject({ email, externalId: customer?.externalId, verificationDocumentId: 'FE123456' });
  expect(token?.body).toEqual({ customerId: customer?.id, userAgent: await page.evaluate(() => navigator.userAgent) });
  expect(customer?.liveTokens).toBe(0);
  expect(await openAgain(context, address)).toBe('Session ended');
});

test('a person signs in by a link in an e-mail, becomes a customer, buys and signs out', {
  tag: '@SIGN_IN_LINKS',
}, async ({ page, context }) => {
  const email = 'by.link@example.com';
  await page.goto('/account/buy');
  await page.getByLabel('E-mail').fill(' By.Link@Example.com ');
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await expect(page.getByRole('heading', { name: 'Check your mailbox' })).toBeVisible();

  const mail = await mailTo(email);
  expect(mail.subject).toBe(`Your link to sign in to ${institution.name}`);
  const link = await linkTo(email);
  expect(mail.text).toContain(link);
  // 256 random bits (ASVS 5.0 6.5.4 asks for 20).
  expect(new URL(link).searchParams.get('token')).toMatch(/^[\da-f]{64}$/);
  await signInByLink(page, link);
  // The requested page, and the details that it still needs.
  await page.waitForURL('**/account/buy');
  await expect(page.getByRole('heading', { name: 'Confirm your details' })).toBeVisible();

  await page.goto('/account/details');
  await page.getByLabel('First name').fill('Iryna');
  await page.getByLabel('Last name').fill('Link');
  await page.getByLabel('Country').selectOption('UA');
  await page.getByLabel('Residence address').fill('1 Sobornosti Sq, Lviv');
  await agreeAndSave(page);
  const frame = await openWidget(page);
  const address = widgetAddress(page);
  await buy(frame);
  await signOut(page);
  await expect.poll(() => pathsOf(email)).toEqual(['/v2/customer/create', '/v2/ramp/token', '/v2/ramp/invalidate']);
  expect(await openAgain(context, address)).toBe('Session ended');

  // The link works once.
  await page.goto(link);
  await expect(page.getByText('This link has already been used')).toBeVisible();
});

test('both ways of signing in lead to the same account', { tag: '@SIGN_IN_LINKS' }, async ({ page }) => {
  const email = 'customer900@example.com';
  await signIn(page, 'sample-900');
  await confirmDetails(page);
  await signOut(page);
  await askForLink(page, email);
  await signInByLink(page, await linkTo(email));
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
  expect(await customersOf(email)).toHaveLength(1);
});

test('the token is in no HTML, React payload, storage, script-visible address or log of the portal [T1, T5]', async ({
  page,
  context,
}) => {
  const bodies: string[] = [];
  page.on('response', async (response) => {
    const ours = new URL(response.url()).hostname === 'localhost';
    if (ours && response.status() < 300) bodies.push(await response.text().catch(() => ''));
  });
  await signIn(page, 'sample-901');
  await confirmDetails(page);
  await openWidget(page);
  const token = new URL(widgetAddress(page)).searchParams.get('refreshToken') ?? '';
  expect(token.split('.')).toHaveLength(3);

  const seen = await page.evaluate(() => ({
    html: document.documentElement.outerHTML,
    entries: JSON.stringify(performance.getEntries()),
    storage: JSON.stringify({ ...localStorage, ...sessionStorage }),
    cookies: document.cookie,
    history: JSON.stringify(history.state),
    frame: document.querySelector('iframe')?.src,
  }));
  await page.reload();
  await expect(widget(page).getByRole('heading', { name: 'Buy crypto' })).toBeVisible();
  expect(seen.frame).toMatch(/\/account\/buy\/frame$/);
  const signature = token.split('.')[2] ?? '';
  expect(JSON.stringify(seen)).not.toContain(signature);
  expect(bodies.length).toBeGreaterThan(5);
  expect(bodies.join('\n')).not.toContain(signature);
  expect(JSON.stringify(await context.storageState())).not.toContain(signature);
  expect(readFileSync(logFile('portal'), 'utf8')).toContain('customer_linked');
  expect(readFileSync(logFile('portal'), 'utf8')).not.toContain(signature);
  await signOut(page);
});

test('the widget learns where it is embedded, and nothing more [T1]', async ({ page }) => {
  const referrers: (string | undefined)[] = [];
  page.on('request', (request) => {
    if (request.url().startsWith(SANDBOX.widget) && request.isNavigationRequest()) {
      referrers.push(request.headers().referer);
    }
  });
  await signIn(page, 'sample-902');
  await confirmDetails(page);
  await openWidget(page);
  for (const referrer of referrers) expect([`${PORTAL.origin}/`, undefined]).toContain(referrer);
  expect(referrers.length).toBeGreaterThan(0);
});
