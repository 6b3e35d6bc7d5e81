// The search of the support console, from every page and by everything that support is given.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { readyToBuy, signIn } from './portal';
import { person, storyOf } from './sandbox';

const OPERATOR = 'oksana-melnyk';

async function find(page: Page, typed: string): Promise<void> {
  await page.getByLabel('Find a customer').fill(typed);
  await page.getByRole('button', { name: 'Find', exact: true }).click();
}

test('finds a customer by name, a part of the e-mail, phone and every id, and never in the address', async ({
  page,
  browser,
}) => {
  const { sub, email } = person(471);
  await readyToBuy(page, sub);
  const created = (await storyOf(email)).find(({ path }) => path === '/v2/customer/create');
  const { firstName, lastName, phoneNumber, externalId } = (created?.body ?? {}) as Record<string, string>;
  const operator = await (await browser.newContext()).newPage();
  const addresses: string[] = [];
  operator.on('request', (request) => addresses.push(decodeURIComponent(request.url())));
  await signIn(operator, OPERATOR, { path: '/operator' });
  await find(operator, email);
  await expect(operator.getByRole('heading', { level: 1 })).toHaveText(`${firstName} ${lastName}`);
  const file = new URL(operator.url()).pathname;
  const ids = [file.split('/').at(-1), externalId];
  for (const id of ids) {
    await operator.goto('/operator/audit');
    await find(operator, String(id));
    await operator.waitForURL(`**${file}`);
  }
  // Others share name or number: the person is in the list, masked, and opens from it.
  for (const typed of [`${lastName} ${firstName}`, email.slice(0, email.indexOf('@')), String(phoneNumber).slice(-4)]) {
    await operator.goto('/operator?queue=blocked');
    await find(operator, typed);
    const line = operator
      .getByRole('search')
      .getByRole('listitem')
      .filter({ has: operator.locator(`[href="${file}"]`) });
    await expect(line.or(operator.getByRole('heading', { level: 1, name: `${firstName} ${lastName}` }))).toBeVisible();
    if (await line.isVisible()) {
      await expect(line).not.toContainText(email);
      await expect(line).toContainText(`Phone ends in ${String(phoneNumber).slice(-4)}`);
      await line.getByRole('link').click();
    }
    await operator.waitForURL(`**${file}`);
  }
  for (const typed of [email, String(lastName), String(phoneNumber)])
    expect(addresses.filter((address) => address.includes(typed) && address.includes('/operator'))).toEqual([]);
});

test('is used by keyboard alone, says how it ended, and has no accessibility problems', async ({ page }) => {
  await signIn(page, OPERATOR, { path: '/operator' });
  const field = page.getByLabel('Find a customer');
  await field.focus();
  await page.keyboard.type('zz qqq nobody');
  await page.keyboard.press('Enter');
  const outcome = page.getByRole('search').getByRole('status');
  await expect(outcome).toHaveText(/No customer found/);
  await expect(field).toHaveValue('zz qqq nobody');
  await field.fill('');
  await page.keyboard.press('Enter');
  await expect(outcome).toHaveText('Type something to search for.');
  await field.fill('sample');
  await page.keyboard.press('Enter');
  await expect(outcome.or(page.getByRole('heading', { level: 1, name: '@' }))).toHaveText(/found|@/);
  for (const path of ['/operator', '/operator?queue=all', '/operator?queue=waiting']) {
    await page.goto(path);
    await find(page, 'o');
    await expect(outcome).toHaveText('Type at least 3 letters or 4 digits.');
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }
});

test('the queues are links with counts, and work without script', async ({ browser }) => {
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await signIn(page, OPERATOR, { path: '/operator' });
  const queues = page.getByRole('navigation', { name: 'Queues' });
  for (const name of ['Needs us', 'Waiting for Kuna', 'Blocked', 'All'])
    await expect(queues.getByRole('link', { name: new RegExp(`^${name} [\\d,]+\\+?$`) })).toBeVisible();
  await queues.getByRole('link', { name: /^All/ }).click();
  await expect(queues.getByRole('link', { name: /^All/ })).toHaveAttribute('aria-current', 'page');
  await find(page, 'x');
  await expect(page.getByText('Type at least 3 letters or 4 digits.')).toBeVisible();
});
