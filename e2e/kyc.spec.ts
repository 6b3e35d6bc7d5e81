// What the institution has verified: nothing to type, only what is missing, and no way to change it.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { institution } from './institution';
import { agreeToVerified, signIn } from './portal';
import { controlKyc as control, customersOf, person, storyOf } from './sandbox';

const DETAILS = { path: '/account/details' };

const typedFields = (page: Page) =>
  page.locator('main form :is(input:not([type=hidden], [type=checkbox], [type=radio]), select)');

/** Counts what the person does on the pages from now on. @returns a function that reads the counts. */
async function countInput(page: Page): Promise<() => Promise<{ clicks: number; keys: number }>> {
  const counts = { clicks: 0, keys: 0 };
  await page.exposeFunction('countInput', (kind: keyof typeof counts) => {
    counts[kind] += 1;
  });
  await page.evaluate(() => {
    const { countInput } = window as unknown as { countInput: (kind: string) => void };
    addEventListener('pointerdown', () => countInput('clicks'), true);
    addEventListener('keydown', () => countInput('keys'), true);
  });
  return async () => counts;
}

test.afterEach(() => control('reset', {}));

test('a person whom the institution has verified becomes a customer with two clicks and types nothing', async ({
  page,
}) => {
  const { sub, email } = person(1801);
  await signIn(page, sub, DETAILS);
  await expect(typedFields(page)).toHaveCount(0);
  await expect(page.getByText('FE001801')).toBeVisible();
  await expect(page.getByText(`Verified by ${institution.name} on`).first()).toBeVisible();
  const consent = page.getByRole('checkbox', { name: /^I agree/ });
  await expect(consent).not.toBeChecked();
  const input = await countInput(page);
  await agreeToVerified(page);
  expect(await input()).toEqual({ clicks: 2, keys: 0 });
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
  const [create] = await storyOf(email);
  expect(create?.body).toMatchObject({ verificationDocumentId: 'FE001801', firstName: 'Customer', country: 'UA' });

  // The consent is given once, and no box asks for it again.
  await page.goto('/account/details');
  await expect(page.getByText(/^You agreed on/)).toBeVisible();
  await expect(consent).toHaveCount(0);
});

test('a person of whom the institution knows a part types only what is missing', async ({ page }) => {
  const { sub, email } = person(1821);
  await signIn(page, sub, DETAILS);
  await expect(page.getByText('Number1821')).toBeVisible();
  const asked = typedFields(page).evaluateAll((fields) => fields.map((field) => field.getAttribute('name')));
  expect(new Set(await asked)).toEqual(new Set(['documentNumber', 'residenceAddress', 'phoneNumber', 'taxNumber']));
  await page.getByRole('textbox', { name: 'Document number' }).fill('FE998877');
  await agreeAndSaveTyped(page);
  const [create] = await storyOf(email);
  expect(create?.body).toMatchObject({
    ...{ firstName: 'Customer', lastName: 'Number1821', country: 'UA' },
    verificationDocumentId: 'FE998877',
  });
});

/** Adds a field to the form, as a forged request would hold it. */
async function forge(page: Page, name: string, value: string): Promise<void> {
  await page.locator('form:has(#consent)').evaluate(
    (form, entry) => {
      const field = document.createElement('input');
      Object.assign(field, { type: 'hidden', ...entry });
      form.append(field);
    },
    { name, value },
  );
}

test('a forged change of a verified field is refused [T42]', async ({ page }) => {
  const { sub, email } = person(1802);
  await signIn(page, sub, DETAILS);
  for (const [field, label, value] of [
    ['firstName', 'First name', 'Forged'],
    ['lastName', 'Last name', 'Forged'],
    ['country', 'Country', 'PL'],
    ['documentNumber', 'Document number', 'FE999999'],
    ['residenceAddress', 'Residence address', 'Elsewhere 1'],
  ] as const) {
    await page.goto(DETAILS.path);
    await forge(page, field, value);
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByText(`${label}: this has been verified`).first()).toBeVisible();
  }
  expect(await customersOf(email)).toEqual([]);
});

test('a service that does not answer is said so, and the page works once it does', async ({ page }) => {
  const { sub } = person(1803);
  await control('switches', { mode: 'down' });
  await signIn(page, sub, DETAILS);
  await expect(page.getByText('We can’t reach your verified data right now')).toBeVisible();
  await expect(typedFields(page)).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Continue' })).toHaveCount(0);
  await control('reset', {});
  await page.getByRole('link', { name: 'Try again' }).click();
  await expect(page.getByText('FE001803')).toBeVisible();
});

test('another person’s record is not shown [T42]', async ({ page }) => {
  await control('switches', { mode: 'other-person' });
  await signIn(page, person(1804).sub, DETAILS);
  await expect(page.getByText('We can’t reach your verified data right now')).toBeVisible();
  await expect(page.getByText('Kovalenko')).toHaveCount(0);
});

test('data that changes while the page is open is shown before it is agreed to', async ({ page }) => {
  const { sub, email } = person(1805);
  await signIn(page, sub, DETAILS);
  await control(`people/${sub}`, { lastName: { value: 'Newname', verifiedAt: '2026-10-01T00:00:00Z' } });
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText(/^Your verified data has changed/)).toBeVisible();
  await expect(page.getByText('Newname')).toBeVisible();
  expect(await customersOf(email)).toEqual([]);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL('**/account');
  expect((await storyOf(email))[0]?.body).toMatchObject({ lastName: 'Newname' });
});

test('a person reports a wrong field and learns whom to ask', async ({ page }) => {
  await signIn(page, person(1806).sub, DETAILS);
  await page.getByText('Is something wrong here?').click();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.getByRole('radio', { name: 'Residence address' }).check();
  await page.getByRole('button', { name: 'Report it' }).click();
  await expect(page.getByText('We’ve recorded that this is wrong: Residence address.')).toBeVisible();
  await expect(page.getByRole('main').getByText(institution.supportEmail)).toBeVisible();
});

async function agreeAndSaveTyped(page: Page): Promise<void> {
  await page.getByRole('checkbox', { name: /^I agree/ }).check();
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await page.waitForURL('**/account');
}
