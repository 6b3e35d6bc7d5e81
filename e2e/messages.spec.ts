// E-mails about an account, the page that switches them off, and receipts.
// ASVS 5.0: 6.3.5 6.3.7 8.2.2
import { expect, test } from '@playwright/test';
import { buy, openWidget, readyToBuy, signIn } from './portal';
import { messagesTo, person } from './sandbox';

const subjectsTo = async (email: string) => (await messagesTo(email)).map(({ subject }) => subject).sort();

test('mails say that the person can buy, that a purchase is complete, and that a new browser signed in', async ({
  page,
  browser,
}) => {
  const { sub, email } = person(520);
  await readyToBuy(page, sub);
  await expect.poll(() => subjectsTo(email), { timeout: 20_000 }).toEqual(['You can buy crypto now']);
  const other = await browser.newContext();
  await signIn(await other.newPage(), sub);
  await other.close();
  await buy(await openWidget(page));
  await page.goto('/account/activity');
  const all = ['New sign-in to your account', 'You can buy crypto now', 'Your purchase is complete'];
  await expect.poll(() => subjectsTo(email), { timeout: 30_000 }).toEqual(all);

  const [bought] = (await messagesTo(email)).filter(({ subject }) => subject === all[2]);
  const address = new URL(bought?.links[0] ?? '');
  await page.goto(address.pathname + address.search);
  await page.getByRole('link', { name: 'Receipt', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Receipt for a purchase' })).toBeVisible();
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('navigation')).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Save as PDF' })).toBeHidden();
  await page.emulateMedia({ media: 'screen' });
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByText('Save as PDF').click()]);
  expect(file.suggestedFilename()).toBe('receipt.pdf');

  // The same address for another person: no receipt, as for an operation that does not exist.
  const stranger = await browser.newContext();
  const theirs = await stranger.newPage();
  await readyToBuy(theirs, person(521).sub);
  await theirs.goto(`/account/activity/receipt${address.search}`);
  await expect(theirs.getByText('We can’t find this operation in your account.')).toBeVisible();
  await stranger.close();
});

test('a person chooses which mails to get, without JavaScript, and none that protects the account', async ({
  browser,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await signIn(page, person(522).sub);
  await page.goto('/account/messages');
  await page.getByLabel('a purchase is complete').uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.goto('/account/messages');
  await expect(page.getByLabel('a purchase is complete')).not.toBeChecked();
  await expect(page.getByRole('checkbox')).toHaveCount(4);
  await page.goto('/account/activity/statement');
  await expect(page.getByText('No operation was completed in this period.')).toBeVisible();
  await context.close();
});
