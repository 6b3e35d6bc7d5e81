// Numbers with a wrong check digit: a warning that the person can override, with script and without.
import { expect, type Page, test } from '@playwright/test';
import { signIn } from './portal';
import { customersOf, person } from './sandbox';

for (const [index, javaScriptEnabled] of [true, false].entries()) {
  test.describe(javaScriptEnabled ? 'with script' : 'without script', () => {
    test.use({ javaScriptEnabled });

    test('a doubtful number is questioned, then corrected or confirmed, and nothing typed is lost', async ({
      page,
    }) => {
      const { sub, email } = person(240 + index);
      await signIn(page, sub, { path: '/account/details' });
      await page.getByLabel('Country').selectOption('PL');
      await page.getByLabel('Document number').fill('ABS223456');
      await page.getByLabel('Tax number').fill('44051401358');
      await page.getByRole('checkbox', { name: /^I agree/ }).check();
      await save(page);

      const warning = page.getByRole('alert').filter({ hasText: 'Please check this number' });
      const documentIsRight = warning.getByRole('checkbox', {
        name: 'Document number ABS223456 is correct.',
      });
      const taxIsRight = warning.getByRole('checkbox', { name: 'Tax number 44051401358 is correct.' });
      await expect(documentIsRight).not.toBeChecked();
      await taxIsRight.check();
      await expect(page.getByLabel('Country')).toHaveValue('PL');
      await expect(page.getByLabel('Tax number', { exact: true })).toHaveValue('44051401358');
      expect(await customersOf(email)).toEqual([]);

      // Confirm one number, leave the other open, then make another mistake.
      await page.getByLabel('Tax number', { exact: true }).fill('44051401357');
      await documentIsRight.check();
      await save(page);
      await expect(documentIsRight).toBeChecked();
      await warning.getByRole('checkbox', { name: 'Tax number 44051401357 is correct.' }).check();
      await expect(page.getByRole('checkbox', { name: /^I agree/ })).toBeChecked();
      expect(await customersOf(email)).toEqual([]);
      await save(page);
      await page.waitForURL('**/account');
      expect(await customersOf(email)).toMatchObject([{ verificationDocumentId: 'ABS223456', itn: '44051401357' }]);
    });
  });
}

test('a number with a valid check digit is saved at once', async ({ page }) => {
  const { sub, email } = person(242);
  await signIn(page, sub, { path: '/account/details' });
  await page.getByLabel('Country').selectOption('PL');
  await page.getByLabel('Document number').fill('ABS 123456');
  await page.getByLabel('Tax number').fill('44051401359');
  await page.getByRole('checkbox').check();
  await save(page);
  await page.waitForURL('**/account');
  expect(await customersOf(email)).toMatchObject([{ verificationDocumentId: 'ABS 123456', itn: '44051401359' }]);
});

async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save and continue' }).click();
}
