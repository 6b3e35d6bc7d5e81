// Fuzzes the details form: scripts fail or are slow, extensions change the page, values arrive without events, people
// change their input. The form must save what it shows and lose no typed text. A failure prints its seed and the
// smallest case; FUZZ_SEED repeats it. FUZZ_RUNS sets the number of runs, 300 at most.
import { type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test';
import fc from 'fast-check';
import { signIn } from './portal';
import { customersOf, person } from './sandbox';
import { changeDom, type DomChange, FAILURES, type Failure } from './scripts';

const RUNS = Math.min(Number(process.env.FUZZ_RUNS ?? 6), 300);
const SEED = Number(process.env.FUZZ_SEED ?? 20261126);
/** Scenarios per account. Each has a few saves, and saves of one account are limited. */
const RUNS_PER_PERSON = 20;
/** Long enough for several waits for a script that never arrives. */
const TIMEOUT = { timeout: 45_000 };

const TEXTS = ['firstName', 'lastName', 'phoneNumber', 'documentNumber', 'taxNumber', 'residenceAddress'] as const;
type Text = (typeof TEXTS)[number];
type Field = Text | 'country';
type Shown = Record<Field, string>;

/** National numbers valid in Ukraine and Poland, numbers of one country, no number, and invalid ones. */
const PHONES = ['501 234 567', '672345678', '(66) 234-56-78', '+48 601 234 567', '+380 67 123 45 67', '', '12'];
const CODES: Record<string, string> = { UA: '+380', PL: '+48' };

const word = fc.string({
  unit: fc.constantFrom(...'abcdefgxyzÄéłїєҐ漢'.split('')),
  minLength: 1,
  maxLength: 12,
});
const text = (field: Text): fc.Arbitrary<string> => {
  if (field === 'phoneNumber') return fc.constantFrom(...PHONES);
  if (field === 'documentNumber' || field === 'taxNumber')
    return fc.string({ unit: fc.constantFrom(...'ABXYZ0123456789'.split('')), minLength: 1, maxLength: 12 });
  return fc
    .array(word, { minLength: 1, maxLength: field === 'residenceAddress' ? 8 : 2 })
    .map((parts) => parts.join(' '));
};

/** The way a value gets into a field. */
const WAYS = ['keys', 'paste', 'fill', 'no event', 'input event alone', 'change event alone', 'attribute'] as const;

type Step =
  | { do: 'set'; field: Text; value: string; way: (typeof WAYS)[number] }
  | { do: 'choose'; value: string; way: 'pick' | 'no event' | 'option selected' | 'keys' }
  | { do: 'agree'; agreed: boolean; way: 'click' | 'no event' }
  | { do: 'leave' }
  | { do: 'change DOM'; domChange: DomChange };

const setText = fc.constantFrom(...TEXTS).chain((field) =>
  fc.record({
    do: fc.constant('set' as const),
    field: fc.constant(field),
    value: text(field),
    way: fc.constantFrom(...WAYS),
  }),
);
const domChange = fc.record({
  at: fc.constantFrom(
    ...[
      'html',
      'head',
      'body',
      'header',
      'main',
      'h1',
      'section',
      'footer',
      'form:has(#firstName)',
      '#consent',
      '#country',
    ],
    ...['label[for=country]', 'label[for=consent]', 'button[type=submit]', 'h2', 'aside', 'main p', 'nav', 'main div'],
    ...TEXTS.flatMap((field) => [`#${field}`, `label[for=${field}]`, `div:has(> #${field})`]),
  ),
  place: fc.constantFrom('before', 'after', 'prepend', 'append', 'wrap' as const),
  tag: fc.constantFrom(
    'div',
    'span',
    'style',
    'script',
    'input',
    'font',
    'x-extension',
    'svg',
    'button',
    'iframe',
    'form',
    'p',
  ),
});
/** Returns whether such a node can be placed there: not inside a control or around the document's own elements. */
const possible = ({ at, place, tag }: DomChange) => {
  if (/^(html|head|body)$/.test(at)) return place === 'prepend' || place === 'append';
  // A foreign button or form around ours would change the meaning of the page.
  if (place === 'wrap' && (tag === 'form' || /^(input|style|script|svg|iframe|button)$/.test(tag))) return false;
  return !(/^(#\w+|button\[.*)$/.test(at) && (place === 'prepend' || place === 'append'));
};
const domChangeStep = domChange
  .filter(possible)
  .map((one) => ({ do: 'change DOM' as const, domChange: one as DomChange }));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: setText },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('choose' as const),
      value: fc.constantFrom('UA', 'PL'),
      way: fc.constantFrom('pick', 'no event', 'option selected', 'keys'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('agree' as const),
      agreed: fc.boolean(),
      way: fc.constantFrom('click', 'no event'),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'leave' as const }) },
  { weight: 4, arbitrary: domChangeStep },
);

type Scripts =
  | { are: 'fine' }
  /** The delay of each script, in the order of their requests. */
  | { are: 'slow'; waits: number[] }
  /** The number of steps before any script arrives. */
  | { are: 'held' }
  | { are: 'failing'; how: Failure; from: number; count: number };

const failure = fc.constantFrom(...(Object.keys(FAILURES) as Failure[]));
const scenario = fc.record({
  scripts: fc.oneof(
    fc.constant<Scripts>({ are: 'fine' }),
    fc.record({ are: fc.constant('slow' as const), waits: fc.array(fc.nat(400), { minLength: 1, maxLength: 6 }) }),
    fc.constant<Scripts>({ are: 'held' }),
    fc.record({
      are: fc.constant('failing' as const),
      how: failure,
      // The page itself requests about 15 scripts; later ones are loaded on demand.
      from: fc.oneof(fc.nat(14), fc.constantFrom(15, 16, 17)),
      count: fc.constantFrom(1, 2, 100),
    }),
  ),
  before: fc.array(step, { maxLength: 6 }),
  after: fc.array(step, { maxLength: 6 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

test(`the details form saves what it shows, in ${RUNS} random browser scenarios`, async ({ browser }) => {
  test.setTimeout(RUNS * 30_000 + 120_000);
  let run = 0;
  let user: { context: BrowserContext; email: string; stored: Shown | null } | null = null;
  const visitor = async () => {
    if (!user || run % RUNS_PER_PERSON === 0) {
      await user?.context.close();
      const { sub, email } = person(1500 + run / RUNS_PER_PERSON);
      const context = await browser.newContext({ locale: 'en' });
      context.setDefaultTimeout(15_000);
      const page = await context.newPage();
      await signIn(page, sub);
      await page.close();
      user = { context, email, stored: null };
    }
    run += 1;
    return user;
  };
  await fc.assert(
    fc.asyncProperty(scenario, async (trial) => {
      const person = await visitor();
      const page = await person.context.newPage();
      try {
        person.stored = await play(page, trial, person.email, person.stored);
      } finally {
        await page.close();
      }
    }),
    { numRuns: RUNS, seed: SEED, verbose: 1 },
  );
  await (user as { context: BrowserContext } | null)?.context.close();
});

async function play(
  page: Page,
  { scripts, before, after }: Scenario,
  email: string,
  stored: Shown | null,
): Promise<Shown> {
  const release = await serve(page, scripts);
  await page.goto('/account/details', { waitUntil: 'commit' });
  await page.locator('button[type=submit]', { hasText: /^Save/ }).waitFor();
  const typed = new Typed(await shownOn(page));
  // Saving formats the phone number internationally; all other values come back unchanged.
  if (stored) expect(typed.shown()).toEqual(stored);
  for (const step of before) await typed.take(page, step);
  release();
  for (const step of after) await typed.take(page, step);
  await typed.check(page);

  const missing = typed.missing();
  await save(page);
  if (missing.length > 0) {
    await expect(page.getByRole('alert').filter({ hasText: 'attention' })).toBeVisible();
    await typed.check(page);
    for (const step of missing) await typed.take(page, step);
    // Warnings about numbers may appear beside errors about missing fields.
    await confirm(unconfirmed(page));
    await typed.check(page);
    await save(page);
  }
  await confirmNumbers(page, typed);

  const expected = typed.shown();
  const { phoneNumber } = expected;
  const number = e164(phoneNumber, expected.country);
  const saved = await storedIn(page.context());
  expect({ ...saved, phoneNumber: saved.phoneNumber.replace(/ /g, '') }).toEqual({
    ...expected,
    phoneNumber: number,
  });
  await expect
    .poll(async () => (await customersOf(email))[0], { message: 'what KunaCore has' })
    .toMatchObject({
      firstName: expected.firstName,
      lastName: expected.lastName,
      country: expected.country,
      verificationDocumentId: expected.documentNumber,
      residenceAddress: expected.residenceAddress,
      ...(number ? { phoneNumber: number } : {}),
    });
  await withdrawConsent(page.context());
  return saved;
}

/** Reads the saved values in a new page, because this one may still be navigating to the account. */
async function storedIn(context: BrowserContext): Promise<Shown> {
  const page = await context.newPage();
  await page.goto('/account/details');
  const stored = await shownOn(page);
  await page.close();
  return stored;
}

/** Makes the next scenario ask for the consent, which is otherwise given once. */
async function withdrawConsent(context: BrowserContext): Promise<void> {
  const page = await context.newPage();
  await page.goto('/account/details');
  await page.getByText('Withdraw my consent', { exact: true }).click();
  await page.getByRole('button', { name: 'Withdraw my consent now' }).click();
  await expect(page.getByText(/You withdrew your consent on/)).toBeVisible();
  await page.close();
}

/** Confirms each doubtful number as typed. The form questions it once. */
async function confirmNumbers(page: Page, typed: Typed): Promise<void> {
  const doubts = unconfirmed(page);
  const isSaved = () => new URL(page.url()).pathname === '/account';
  await expect.poll(async () => isSaved() || (await doubts.count()) > 0, TIMEOUT).toBe(true);
  if (isSaved()) return;
  await typed.check(page);
  await confirm(doubts);
  await typed.check(page);
  await save(page);
  await page.waitForURL('**/account', { waitUntil: 'commit', ...TIMEOUT });
}

const unconfirmed = (page: Page) => page.locator('input[name=asItStands]:not(:checked)');

async function confirm(doubts: Locator): Promise<void> {
  for (let left = await doubts.count(); left > 0; left -= 1) await doubts.first().click();
}

async function save(page: Page): Promise<void> {
  // Playwright retries when the page is redrawn between finding and clicking.
  await page.getByRole('button', { name: /^Save/ }).click();
}

/** Answers requests for scripts as the scenario says. Returns a function that releases held scripts. */
async function serve(page: Page, scripts: Scripts): Promise<() => void> {
  let open = () => {};
  const released = new Promise<void>((resolve) => {
    open = resolve;
  });
  let requests = 0;
  await page.route('**/_next/static/chunks/**.js', async (route) => {
    const number = requests;
    requests += 1;
    const goOn = () => route.continue().catch(() => {});
    if (scripts.are === 'held') await released;
    if (scripts.are === 'slow')
      await new Promise((resolve) => setTimeout(resolve, scripts.waits[number % scripts.waits.length]));
    const fails = scripts.are === 'failing' && number >= scripts.from && number < scripts.from + scripts.count;
    return fails ? void FAILURES[scripts.how](route) : goOn();
  });
  return open;
}

function shownOn(page: Page): Promise<Shown> {
  return page.evaluate(
    (fields) =>
      Object.fromEntries(fields.map((id) => [id, (document.getElementById(id) as HTMLInputElement).value])) as Shown,
    [...TEXTS, 'country'] as Field[],
  );
}

/** Returns the typed number in E.164 from the test's own table, or undefined for an invalid one. */
function e164(typed: string, country: string): string | undefined {
  const digits = typed.replace(/\D/g, '');
  if (typed.startsWith('+') || digits === '') return typed.replace(/[^+\d]/g, '');
  return digits.length === 9 ? `${CODES[country]}${digits}` : undefined;
}

/** The values typed so far, tracked independently of the page. */
class Typed {
  private agreed: boolean | null = null;

  constructor(private values: Shown) {}

  shown(): Shown {
    return { ...this.values };
  }

  async check(page: Page): Promise<void> {
    expect(await shownOn(page)).toEqual(this.values);
    if (this.agreed !== null) expect(await page.locator('#consent').isChecked()).toBe(this.agreed);
    else this.agreed = await page.locator('#consent').isChecked();
  }

  /** Returns the steps that complete the form. Call it after `check`. */
  missing(): Step[] {
    const steps: Step[] = [];
    for (const field of ['firstName', 'lastName', 'documentNumber', 'residenceAddress'] as const)
      if (this.values[field].trim() === '') steps.push({ do: 'set', field, value: 'X1', way: 'keys' });
    if (this.values.country === '') steps.push({ do: 'choose', value: 'UA', way: 'pick' });
    if (e164(this.values.phoneNumber, this.values.country || 'UA') === undefined)
      steps.push({ do: 'set', field: 'phoneNumber', value: '+48 601 234 567', way: 'keys' });
    if (!this.agreed) steps.push({ do: 'agree', agreed: true, way: 'click' });
    return steps;
  }

  async take(page: Page, step: Step): Promise<unknown> {
    if (step.do === 'change DOM') return changeDom(page, step.domChange);
    if (step.do === 'leave') return page.keyboard.press('Tab');
    if (step.do === 'agree') {
      this.agreed = step.agreed;
      if (step.way === 'click') return tick(page.locator('#consent'), step.agreed);
      return change<HTMLInputElement, boolean>(page, 'consent', step.agreed, (box, agreed) => {
        box.checked = agreed;
      });
    }
    const field = step.do === 'choose' ? 'country' : step.field;
    this.values = { ...this.values, [field]: step.value };
    return step.do === 'choose' ? choose(page, step) : type(page, step);
  }
}

/** Clicks like a person. `setChecked` would look at the old element when a redraw comes in the middle of its click. */
async function tick(box: Locator, agreed: boolean): Promise<void> {
  if ((await box.isChecked()) !== agreed) await box.click();
  await expect(box).toBeChecked({ checked: agreed });
}

async function choose(page: Page, { value, way }: Extract<Step, { do: 'choose' }>): Promise<void> {
  const select = page.locator('#country');
  if (way === 'pick') return void (await select.selectOption(value));
  if (way === 'keys') {
    // A closed select accepts letters.
    // Leaving the field ends the type-ahead.
    await select.blur();
    await enter(select);
    await page.keyboard.type(value === 'PL' ? 'Poland' : 'Ukraine');
    return;
  }
  await change<HTMLSelectElement, string[]>(page, 'country', [value, way], (element, [code, how]) => {
    if (how === 'no event') element.value = code as string;
    else for (const option of element.options) if (option.value === code) option.selected = true;
  });
}

async function type(page: Page, { field, value, way }: Extract<Step, { do: 'set' }>): Promise<void> {
  const input = page.locator(`#${field}`);
  if (way === 'fill') return input.fill(value);
  if (way === 'keys' || way === 'paste') {
    await enter(input);
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.press('Delete');
    return way === 'keys' ? page.keyboard.type(value) : page.keyboard.insertText(value);
  }
  await change<HTMLInputElement, string[]>(page, field, [value, way], (element, [text, how]) => {
    if (how === 'attribute') element.setAttribute('value', text as string);
    element.value = text as string;
    if (how === 'input event alone') element.dispatchEvent(new Event('input', { bubbles: true }));
    if (how === 'change event alone') element.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

/** Waits for the focus before typing, as a person does: a redraw can undo a program's `focus()`. */
async function enter(field: Locator): Promise<void> {
  await expect(async () => {
    await field.focus();
    await expect(field).toBeFocused({ timeout: 500 });
  }).toPass();
}

/** Finds and changes the element in one step, because the page may be redrawn in between. */
function change<E extends HTMLElement, A>(page: Page, id: string, value: A, how: (element: E, value: A) => void) {
  return page.evaluate(`(${how})(document.getElementById(${JSON.stringify(id)}), ${JSON.stringify(value)})`);
}
