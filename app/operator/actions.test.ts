import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Caller } from '@/lib/auth/caller';
import { OPERATOR_REFUSALS } from '@/lib/operator/actions';
import { LONGEST_NOTE, OPERATOR_ACTIONS, REASONS_FOR } from '@/lib/operator/reasons';
import { actOnCustomer, addCustomerNote, decideRequest, findCustomers, revealContact } from './actions';

const CUSTOMER = 'b0a4a3a0-0000-4000-8000-000000000001';
const PAGE = `/operator/customers/${CUSTOMER}`;
const doubles = vi.hoisted(() => ({
  perform: vi.fn(),
  decide: vi.fn(),
  note: vi.fn(),
  reveal: vi.fn(),
  flash: vi.fn(),
  count: vi.fn(),
  identify: vi.fn<() => Promise<Caller>>(),
  find: vi.fn(),
  record: vi.fn(),
}));
vi.mock('next/navigation', () => ({
  redirect: (to: string) => {
    throw new Error(`redirect ${to}`);
  },
  notFound: vi.fn(),
  unstable_rethrow: (error: Error) => {
    if (error.message.startsWith('redirect ')) throw error;
  },
}));
vi.mock('@/lib/auth/caller', () => ({ identifyOperator: doubles.identify }));
vi.mock('@/lib/log/log', async (original) => ({
  ...(await original<typeof import('@/lib/log/log')>()),
  log: () => ({ error: vi.fn() }),
}));
vi.mock('@/lib/rate-limits/request', () => ({ countFor: doubles.count }));
vi.mock('@/lib/services', () => ({ getServices: async () => ({}) }));
vi.mock('@/lib/sessions/flash', () => ({ setFlash: doubles.flash }));
vi.mock('@/lib/operator/notes', () => ({ addNote: doubles.note }));
vi.mock('@/lib/operator/contact', () => ({ CONTACT_FIELDS: ['email'], recordReveal: doubles.reveal }));
vi.mock('@/lib/operator/read', () => ({ recordShown: doubles.record }));
vi.mock('@/lib/operator/search/find', () => ({ findPeople: doubles.find }));
vi.mock('next-intl/server', () => import('@/tests/translations'));
vi.mock('@/lib/operator/actions', async (original) => ({
  ...(await original<typeof import('@/lib/operator/actions')>()),
  performOperatorAction: doubles.perform,
  decideApproval: doubles.decide,
}));

function form(fields: Record<string, string>): FormData {
  const submitted = new FormData();
  for (const [name, value] of Object.entries({ customer: CUSTOMER, ...fields })) submitted.set(name, value);
  return submitted;
}

/** The actions of the form. A download is a route of its own. */
const HERE = OPERATOR_ACTIONS.filter((action) => action !== 'export');

const flashed = () => doubles.flash.mock.calls.map(([, , about, message]) => [about, message]);

beforeEach(() => {
  vi.clearAllMocks();
  doubles.count.mockResolvedValue({ allowed: true });
  doubles.identify.mockResolvedValue({ problem: null, session: { userId: 'o' } } as unknown as Caller);
});

describe('a form that is not carried out keeps what was typed', () => {
  const TYPED = { reason: 'other', text: 'Called back.\r\nShe agreed.' };

  test.each([
    ['sign-in-again', 'sign-in-again'],
    ['no-reason', 'reason'],
  ])('%s', async (outcome, problem) => {
    for (const action of HERE) {
      doubles.perform.mockResolvedValue(outcome);
      expect(await actOnCustomer({}, form({ action, ...TYPED }))).toEqual({ problem, ...TYPED });
    }
    expect(flashed()).toEqual([]);
  });

  test.each([
    ['a reason of another action', { reason: 'authority' }, 'reason'],
    ['no reason', { reason: '' }, 'reason'],
    ['no text for `other`', { text: ' \u200b ' }, 'text'],
    ['a text that is too long', { text: 'a'.repeat(LONGEST_NOTE + 1) }, 'text'],
    ['a text that cannot be stored', { text: 'a\u0000b' }, 'text'],
  ])('%s', async (_, changed, problem) => {
    doubles.perform.mockResolvedValue('no-reason');
    const typed = { ...TYPED, ...changed };
    expect(await actOnCustomer({}, form({ action: 'sign-out', ...typed }))).toEqual({ problem, ...typed });
    expect(doubles.perform.mock.calls.map((call) => call[4])).toEqual([null]);
  });

  test.each([
    ['too-many', () => doubles.count.mockResolvedValue({ allowed: false })],
    ['signed-out', () => doubles.identify.mockResolvedValue({ problem: 'signed-out' })],
    ['unconfirmed', () => doubles.perform.mockRejectedValue(new Error('down'))],
  ])('%s', async (problem, arrange) => {
    arrange();
    expect(await actOnCustomer({}, form({ action: 'block', ...TYPED }))).toEqual({ problem, ...TYPED });
  });

  test('a line break counts once, as in the browser', async () => {
    doubles.note.mockResolvedValue(true);
    const longest = `${'a'.repeat(LONGEST_NOTE - 2)}\nb`;
    await expect(addCustomerNote({}, form({ text: longest.replace('\n', '\r\n') }))).rejects.toThrow('redirect');
    expect(doubles.note.mock.calls.map((call) => call[3])).toEqual([longest]);
  });
});

describe('the result is kept on the server, and the address says nothing', () => {
  test.each([...OPERATOR_REFUSALS, 'requested', null])('%s', async (outcome) => {
    doubles.perform.mockResolvedValue(outcome);
    await expect(actOnCustomer({}, form({ action: 'block' }))).rejects.toThrow(new Error(`redirect ${PAGE}`));
    expect(flashed()).toEqual([[CUSTOMER, outcome ?? 'block']]);
  });
});

test.each(HERE)('%s takes the reason from the form', async (action) => {
  const [code] = REASONS_FOR[action];
  await expect(actOnCustomer({}, form({ action, reason: code, text: ' why ' }))).rejects.toThrow('redirect');
  await expect(actOnCustomer({}, form({ action, reason: 'invented' }))).rejects.toThrow('redirect');
  const reasons = doubles.perform.mock.calls.map((call) => call[4]);
  expect(reasons).toEqual([{ code, text: 'why' }, null]);
});

test('performs no download, which would hand nothing out', async () => {
  await expect(actOnCustomer({}, form({ action: 'export', reason: 'customer-asked' }))).rejects.toThrow(
    new Error('redirect /operator'),
  );
  expect(doubles.perform).not.toHaveBeenCalled();
});

test('decides a request, and reports which way', async () => {
  doubles.decide.mockResolvedValue(null);
  for (const decision of ['confirm', 'refuse', 'anything'])
    await expect(decideRequest(form({ approval: CUSTOMER, decision }))).rejects.toThrow(`redirect ${PAGE}`);
  expect(doubles.decide.mock.calls.map((call) => call[3])).toEqual([true, false, false]);
  expect(flashed().map(([, message]) => message)).toEqual(['confirmed', 'refused', 'refused']);
});

test('reveals a field only after it is recorded', async () => {
  doubles.reveal.mockResolvedValueOnce(true).mockResolvedValueOnce(false).mockRejectedValueOnce(new Error('down'));
  for (let n = 0; n < 3; n += 1)
    await expect(revealContact(form({ field: 'email' }))).rejects.toThrow(`redirect ${PAGE}`);
  expect(flashed()).toEqual([
    [CUSTOMER, 'reveal:email'],
    [CUSTOMER, 'not-permitted'],
  ]);
});

test('stores no empty note', async () => {
  doubles.note.mockResolvedValue(true);
  expect(await addCustomerNote({}, form({ text: '  ' }))).toMatchObject({ problem: 'text' });
  await expect(addCustomerNote({}, form({ text: ' called back ' }))).rejects.toThrow('redirect');
  expect(doubles.note.mock.calls.map((call) => call[3])).toEqual(['called back']);
  expect(flashed().map(([, message]) => message)).toEqual(['noted']);
});

test('performs no action beyond the rate limit', async () => {
  doubles.count.mockResolvedValue({ allowed: false });
  expect(await actOnCustomer({}, form({ action: 'block' }))).toMatchObject({ problem: 'too-many' });
  expect(doubles.perform).not.toHaveBeenCalled();
});

describe('a search', () => {
  const TYPED = 'Shevchenko olena@example.com +380991234567';
  const person = (userId: string) => ({ userId, name: 'Olena', email: null, phoneEnd: '4567', standing: 'ready' });
  const search = () => {
    const submitted = new FormData();
    submitted.set('find', TYPED);
    return findCustomers({}, submitted);
  };

  test('records its kind, its result and a single person, and never its text [T4]', async () => {
    doubles.find.mockResolvedValue({ result: 'found', kind: 'name', people: [person('a'), person('b')], more: true });
    expect(await search()).toMatchObject({ typed: TYPED, results: { people: [{ userId: 'a' }, { userId: 'b' }] } });
    doubles.find.mockResolvedValue({ result: 'found', kind: 'name', people: [person(CUSTOMER)], more: false });
    await expect(search()).rejects.toThrow(`redirect /operator/customers/${CUSTOMER}`);
    doubles.find.mockResolvedValue({ result: 'kuna-unavailable', kind: 'phone' });
    expect(await search()).toEqual({ problem: 'kuna-unavailable', typed: TYPED });
    expect(doubles.record.mock.calls.map(([, , shown]) => shown)).toEqual([
      { object: 'search', subject: undefined, filter: 'name', results: 2 },
      { object: 'search', subject: CUSTOMER, filter: 'name', results: 1 },
      { object: 'search', subject: undefined, filter: 'phone', results: 0 },
    ]);
    for (const word of TYPED.split(' ')) expect(JSON.stringify(doubles.record.mock.calls)).not.toContain(word);
  });

  test('looks for nothing beyond the rate limit', async () => {
    doubles.count.mockResolvedValue({ allowed: false });
    expect(await search()).toEqual({ problem: 'too-many', typed: TYPED });
    expect(doubles.find).not.toHaveBeenCalled();
  });
});
