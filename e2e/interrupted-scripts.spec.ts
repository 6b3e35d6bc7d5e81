// Scripts that are missing, late or of another build, and pages that other programs change before the scripts run.
// The forms must save what they show and lose no typed text.
import { expect, type Locator, type Page, test } from '@playwright/test';
import { confirmDetails, readyToBuy, signIn, widget } from './portal';
import { customersOf, pathsOf, person } from './sandbox';
import {
  changeDom,
  type DomChange,
  FAILURES,
  type Failure,
  failScripts,
  holdScripts,
  hydrated,
  unfailScripts,
} from './scripts';

const failures = Object.keys(FAILURES) as Failure[];
const save = (page: Page) => page.getByRole('button', { name: /^Save/ }).click();
const agree = (page: Page) => page.getByRole('checkbox', { name: /^I agree/ }).check();
const documentNumber = (page: Page) => page.getByLabel('Document number');

async function atDetails(page: Page, number: number): Promise<string> {
  const { sub, email } = person(number);
  await signIn(page, sub, { path: '/account/details' });
  await hydrated(page);
  return email;
}

/** The longer walk: a refusal at once, a script that cannot be read, and none at all. */
const WALKED: Failure[] = ['is gone after a deployment', 'is not JavaScript', 'never arrives'];

for (const [index, failure] of WALKED.entries())
  test(`saves, chooses a country and moves on although every script that is needed later ${failure}`, async ({
    page,
  }) => {
    // Several waits for a script that never arrives.
    test.setTimeout(120_000);
    const email = await atDetails(page, 400 + index);
    await documentNumber(page).fill('FE400001');
    // The browser draws its own list, so test only that it is requested.
    await page.evaluate(() => {
      HTMLSelectElement.prototype.showPicker = () => {
        document.documentElement.dataset.ownList = 'shown';
      };
    });
    await failScripts(page, failure);
    await page.getByLabel('Country').press('Enter');
    await expect(page.locator('html')).toHaveAttribute('data-own-list', 'shown');
    await page.getByLabel('Country').selectOption('PL');
    await documentNumber(page).fill('');
    await agree(page);
    await save(page);
    // The server applies the same rules, and its response needs no further script.
    await expect(page.getByRole('alert').filter({ hasText: 'attention' })).toBeVisible();
    await documentNumber(page).fill('FE400002');
    await save(page);
    await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible({ timeout: 30_000 });
    expect(await customersOf(email)).toMatchObject([{ country: 'PL', verificationDocumentId: 'FE400002' }]);
    await unfailScripts(page);
    await page.goto('/account/details');
    await hydrated(page);
    await failScripts(page, failure);
    await page.getByRole('link', { name: 'Devices' }).click();
    await expect(page.getByRole('heading', { name: 'Where you are signed in' })).toBeVisible({ timeout: 30_000 });
  });

for (const [index, failure] of failures.entries())
  test(`saves although every script of the page ${failure}`, async ({ page }) => {
    const { sub, email } = person(410 + index);
    await signIn(page, sub);
    await failScripts(page, failure);
    await page.goto('/account/details', { waitUntil: 'commit' });
    await documentNumber(page).fill('FE410001');
    await expect(page).toHaveTitle(/^Details · /);
    await agree(page);
    await save(page);
    await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
    expect(await customersOf(email)).toMatchObject([{ verificationDocumentId: 'FE410001' }]);
  });

/** Foreign responses to a call of an action. */
const ANSWERS = {
  'a page of a load balancer': { status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' },
  'a page of a hotel': { status: 200, contentType: 'text/html', body: '<h1>Wi-Fi</h1>' },
  nothing: 'abort',
} as const;

for (const [name, response] of Object.entries(ANSWERS)) {
  const interrupt = (page: Page, path: string) =>
    page.route(path, (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      return response === 'abort' ? route.abort() : route.fulfill(response);
    });

  test(`keeps the details when the response to a save is ${name}`, async ({ page }) => {
    await atDetails(page, 430);
    await documentNumber(page).fill('FE430001');
    await agree(page);
    await interrupt(page, '**/account/details');
    await save(page);
    await expect(
      page.getByRole('alert').filter({ hasText: /couldn’t save this right now|The connection failed/ }),
    ).toBeVisible();
    await expect(documentNumber(page)).toHaveValue('FE430001');
    await expect(page.getByRole('checkbox', { name: /^I agree/ })).toBeChecked();
  });

  test(`keeps the address when the response to "Send me a link" is ${name}`, { tag: '@SIGN_IN_LINKS' }, async ({
    page,
  }) => {
    await page.goto('/sign-in');
    await hydrated(page);
    await interrupt(page, '**/sign-in');
    await page.getByLabel('E-mail').fill('olena@example.com');
    await page.getByRole('button', { name: 'Send me a link' }).click();
    await expect(page.getByRole('alert').filter({ hasText: /./ })).toBeVisible();
    await expect(page.getByLabel('E-mail')).toHaveValue('olena@example.com');
    await page.unroute('**/sign-in');
    await page.getByRole('button', { name: 'Send me a link' }).click();
    await expect(page.getByRole('heading', { name: 'Check your mailbox' })).toBeVisible();
  });

  test(`keeps an operator's search when the response is ${name}`, async ({ page }) => {
    await signIn(page, 'oksana-melnyk', { path: '/operator' });
    await hydrated(page);
    await interrupt(page, '**/operator');
    await page.getByLabel('Find a customer').fill('nobody@example.com');
    await page.getByRole('button', { name: 'Find', exact: true }).click();
    await expect(page.getByText(/The connection failed|We can’t look this up/)).toBeVisible();
    await expect(page.getByLabel('Find a customer')).toHaveValue('nobody@example.com');
  });
}

test('a country chosen before the scripts run is shown and saved', async ({ page }) => {
  const { sub, email } = person(440);
  await signIn(page, sub);
  const scripts = await holdScripts(page);
  await page.goto('/account/details', { waitUntil: 'commit' });
  await page.getByLabel('Country').selectOption('PL');
  await documentNumber(page).fill('FE440001');
  await scripts.release();
  await expect(page.getByLabel('Tax number')).toHaveAccessibleDescription(/PESEL/);
  await save(page);
  await expect(page.getByRole('alert').filter({ hasText: 'attention' })).toBeVisible();
  await expect(page.getByLabel('Country')).toHaveValue('PL');
  await agree(page);
  await save(page);
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
  expect(await customersOf(email)).toMatchObject([{ country: 'PL' }]);
});

test('values set by a tool without an event are shown and saved', async ({ page }) => {
  const email = await atDetails(page, 441);
  await page.evaluate(() => {
    const set = (id: string, value: string) => {
      (document.getElementById(id) as HTMLInputElement).value = value;
    };
    set('country', 'DE');
    set('documentNumber', 'FE441001');
    set('firstName', 'Anna');
    (document.getElementById('consent') as HTMLInputElement).checked = true;
  });
  await page.getByLabel('Last name').fill('');
  await save(page);
  await expect(page.getByRole('alert').filter({ hasText: 'attention' })).toBeVisible();
  await expect(page.getByLabel('Country')).toHaveValue('DE');
  await expect(page.getByLabel('First name')).toHaveValue('Anna');
  await page.getByLabel('Last name').fill('Schmidt');
  await save(page);
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
  expect(await customersOf(email)).toMatchObject([
    { country: 'DE', firstName: 'Anna', lastName: 'Schmidt', verificationDocumentId: 'FE441001' },
  ]);
});

/** National numbers valid in Ukraine and in the other country. */
const SHARED_NUMBERS = [
  { country: 'PL', typed: '501 234 567', number: '+48501234567' },
  { country: 'PL', typed: '672345678', number: '+48672345678' },
  { country: 'FR', typed: '06 71 23 45 67', number: '+33671234567' },
];

for (const [index, { country, typed, number }] of SHARED_NUMBERS.entries())
  test(`reads ${typed} in ${country}, chosen after it was typed`, async ({ page }) => {
    const email = await atDetails(page, 442 + index);
    await page.getByLabel('Country').selectOption('UA');
    await page.getByLabel('Phone number').fill(typed);
    await page.getByLabel('Phone number').press('Tab');
    await expect(page.getByLabel('Phone number')).toHaveAccessibleDescription(/We read this as \+380 .*Ukraine/);
    await expect(page.getByLabel('Phone number')).toHaveValue(typed);
    await page.getByLabel('Country').selectOption(country);
    await expect(page.getByLabel('Phone number')).not.toHaveAccessibleDescription(/Ukraine/);
    await documentNumber(page).fill('FE442001');
    await agree(page);
    await save(page);
    await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
    expect(await customersOf(email)).toMatchObject([{ country, phoneNumber: number }]);
  });

/** Nodes that extensions and translators add, with their places. */
const DOM_CHANGES: DomChange[] = [
  { at: '#documentNumber', place: 'after', tag: 'div' },
  { at: 'label[for=documentNumber]', place: 'after', tag: 'div' },
  { at: 'form:has(#documentNumber)', place: 'prepend', tag: 'div' },
  { at: 'form:has(#documentNumber)', place: 'append', tag: 'x-password-manager' },
  { at: '#documentNumber', place: 'wrap', tag: 'span' },
  { at: '#firstName', place: 'wrap', tag: 'div' },
  { at: '#country', place: 'before', tag: 'button' },
  { at: '#firstName', place: 'before', tag: 'input' },
  { at: 'head', place: 'prepend', tag: 'style' },
  { at: 'head', place: 'append', tag: 'style' },
  { at: 'head', place: 'prepend', tag: 'script' },
  { at: 'body', place: 'prepend', tag: 'div' },
  { at: 'body', place: 'append', tag: 'div' },
  { at: 'html', place: 'append', tag: 'div' },
  { at: 'main', place: 'prepend', tag: 'div' },
  { at: 'header', place: 'after', tag: 'aside' },
  { at: 'h1', place: 'translate', tag: 'font' },
  { at: 'label[for=firstName]', place: 'translate', tag: 'font' },
];

test('typed text, choices and focus survive nodes that extensions add before the scripts run', async ({ page }) => {
  test.setTimeout(180_000);
  await signIn(page, person(450).sub);
  for (const domChange of DOM_CHANGES)
    await test.step(`<${domChange.tag}>, ${domChange.place} ${domChange.at}`, async () => {
      const scripts = await holdScripts(page);
      await page.goto('/account/details', { waitUntil: 'commit' });
      await page.getByLabel('Country').selectOption('PL');
      await agree(page);
      await page.getByLabel('Residence address').fill('Rynek 1');
      await documentNumber(page).pressSequentially('FE45XX0001');
      await documentNumber(page).evaluate((input: HTMLInputElement) => input.setSelectionRange(4, 6));
      await changeDom(page, domChange);
      await scripts.release();
      // Further typing goes to the same field.
      await page.keyboard.type('45');
      await expect(page.locator('#documentNumber')).toHaveValue('FE45450001');
      await expect(page.locator('#residenceAddress')).toHaveValue('Rynek 1');
      await expect(page.locator('#country')).toHaveValue('PL');
      await expect(page.locator('#consent')).toBeChecked();
      await expect(page.getByLabel('Tax number')).toHaveAccessibleDescription(/PESEL/);
    });
});

test('a field or button pressed while the page is redrawn works', async ({ page }) => {
  const { sub, email } = person(451);
  await signIn(page, sub);
  let scripts = await holdScripts(page);
  const pressOverRedraw = async (element: Locator) => {
    await element.evaluate((old) => old.setAttribute('data-old', ''));
    await changeDom(page, { at: 'body', place: 'prepend', tag: 'div' });
    await element.hover();
    await page.mouse.down();
    await scripts.release();
    await expect(page.locator('[data-old]')).toHaveCount(0);
    await page.mouse.up();
  };
  await page.goto('/account/details', { waitUntil: 'commit' });
  await pressOverRedraw(documentNumber(page));
  await expect(documentNumber(page)).toBeFocused();

  scripts = await holdScripts(page);
  await page.goto('/account/details', { waitUntil: 'commit' });
  await documentNumber(page).fill('FE451001');
  await agree(page);
  await pressOverRedraw(page.getByRole('button', { name: 'Save and continue' }));
  await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
  expect(await customersOf(email)).toMatchObject([{ verificationDocumentId: 'FE451001' }]);
});

test('the response to a form without script does not take the focus from a person who is typing', async ({ page }) => {
  await signIn(page, person(452).sub);
  const scripts = await holdScripts(page);
  await page.goto('/account/details', { waitUntil: 'commit' });
  await save(page);
  await expect(page.getByRole('alert').filter({ hasText: 'attention' })).toBeVisible();
  await documentNumber(page).pressSequentially('FE45');
  await scripts.release();
  await page.keyboard.type('2001');
  await expect(documentNumber(page)).toHaveValue('FE452001');
});

test('the response to a form without script leaves a pressed field in place', async ({ page }) => {
  await signIn(page, person(454).sub);
  const scripts = await holdScripts(page);
  await page.goto('/account/details', { waitUntil: 'commit' });
  await save(page);
  await expect(page.getByRole('alert').filter({ hasText: 'attention' })).toBeVisible();
  await page.locator('#consent').hover();
  await page.mouse.down();
  await scripts.release();
  await page.mouse.up();
  await expect(page.locator('#consent')).toBeChecked();
});

test('a page that gets only some of its scripts keeps and saves typed text', async ({ page }) => {
  const { sub, email } = person(453);
  await signIn(page, sub);
  // With few scripts React does not start; with more, first the layout's and then the page's are missing.
  for (const arriving of [3, 6, 9, 12, 14, 15])
    await test.step(`${arriving} arrive, all others are gone`, async () => {
      let requests = 0;
      await page.route('**/_next/static/chunks/**.js', async (route) => {
        requests += 1;
        if (requests <= arriving) return route.continue();
        // React has already started when these scripts fail.
        await new Promise((resolve) => setTimeout(resolve, 500));
        await FAILURES['is gone after a deployment'](route);
      });
      await page.goto('/account/details', { waitUntil: 'commit' });
      await documentNumber(page).fill('');
      await documentNumber(page).pressSequentially('FE45');
      await page.waitForLoadState('networkidle');
      await page.keyboard.type('3001');
      await expect(documentNumber(page)).toHaveValue('FE453001');
      await expect(page.getByRole('contentinfo')).toBeVisible();
      // The consent of the first save stays.
      if (arriving === 3) await agree(page);
      await save(page);
      await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible();
      await page.unrouteAll({ behavior: 'ignoreErrors' });
    });
  expect(await customersOf(email)).toMatchObject([{ verificationDocumentId: 'FE453001' }]);
});

for (const [at, place, tag] of [
  ['#email', 'after', 'div'],
  ['head', 'prepend', 'style'],
  ['body', 'prepend', 'div'],
] as const)
  test(`a typed address survives a <${tag}>, ${place} ${at}, on the sign-in page`, async ({ page }) => {
    const scripts = await holdScripts(page);
    await page.goto('/sign-in', { waitUntil: 'commit' });
    await page.getByLabel('E-mail').pressSequentially('olena@exam');
    await changeDom(page, { at, place, tag });
    await scripts.release();
    await page.keyboard.type('ple.com');
    await expect(page.getByLabel('E-mail')).toHaveValue('olena@example.com');
  });

test('a visit to the buy page makes one frame and one token, even when the page is changed before the scripts run', async ({
  page,
}) => {
  test.setTimeout(180_000);
  const { sub, email } = person(460);
  await readyToBuy(page, sub);
  const tokens = async () => (await pathsOf(email)).filter((path) => path === '/v2/ramp/token').length;
  let frames = 0;
  page.on('request', (request) => {
    if (request.url().endsWith('/account/buy/frame')) frames += 1;
  });
  const places: DomChange[] = [
    ...DOM_CHANGES.filter(({ at }) => /^(head|body|html|main|header|h1)$/.test(at)),
    { at: 'iframe', place: 'before', tag: 'div' },
    { at: 'iframe', place: 'after', tag: 'div' },
    { at: 'nav', place: 'prepend', tag: 'div' },
  ];
  for (const [index, domChange] of places.entries()) {
    const scripts = await holdScripts(page);
    await page.goto('/account/buy', { waitUntil: 'commit' });
    await widget(page).getByLabel('You pay').fill('777');
    await changeDom(page, domChange);
    await scripts.release();
    await expect(widget(page).getByLabel('You pay'), JSON.stringify(domChange)).toHaveValue('777');
    await expect(page.locator('iframe')).toHaveCount(1);
    expect([frames, await tokens()], JSON.stringify(domChange)).toEqual([index + 1, index + 1]);
  }
});

test('a pasted text that is too long is never cut, and the error says so', async ({ page }) => {
  await atDetails(page, 461);
  const long = `${'A very long residential complex, '.repeat(20)}flat 7`;
  await page.getByLabel('Residence address').focus();
  await page.keyboard.insertText(long);
  await documentNumber(page).fill('FE461001');
  await agree(page);
  await save(page);
  await expect(page.getByLabel('Residence address')).toHaveAccessibleDescription(/too long/);
  expect(await page.getByLabel('Residence address').inputValue()).toContain(long);
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  const ofAnotherBuild = (page: Page) =>
    page.route('**/*', async (route) => {
      if (!['/account/details', '/sign-in'].includes(new URL(route.request().url()).pathname)) return route.continue();
      if (route.request().method() !== 'GET') return route.continue();
      const response = await route.fetch();
      const body = (await response.text()).replaceAll(
        /&quot;id&quot;:&quot;[\da-f]{42}/g,
        `&quot;id&quot;:&quot;${'60'.repeat(21)}`,
      );
      return route.fulfill({ response, body });
    });

  test('a form of an earlier build keeps what was typed', async ({ page }) => {
    await signIn(page, person(462).sub);
    await ofAnotherBuild(page);
    await page.goto('/account/details');
    await documentNumber(page).fill('<b>FE462001</b>');
    await agree(page);
    await save(page);
    await expect(page.getByRole('heading', { name: 'This page is out of date' })).toBeVisible();
    await expect(page.getByText('<b>FE462001</b>')).toBeVisible();
    await page.unroute('**/*');
    await page.getByRole('link', { name: 'Open the page again' }).click();
    await confirmDetails(page);
  });

  test('a sign-in page of an earlier build keeps the address', { tag: '@SIGN_IN_LINKS' }, async ({ page }) => {
    await ofAnotherBuild(page);
    await page.goto('/sign-in');
    await page.getByLabel('E-mail').fill('olena@example.com');
    await page.getByRole('button', { name: 'Send me a link' }).click();
    await expect(page.getByRole('heading', { name: 'This page is out of date' })).toBeVisible();
    await expect(page.getByText('olena@example.com')).toBeVisible();
  });
});
