import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Caller } from '@/lib/auth/caller';
import { OPERATOR_ACTIONS, OPERATOR_REFUSALS } from '@/lib/operator/actions';
import { actOnCustomer, findCustomers } from './actions';

const CUSTOMER = 'b0a4a3a0-0000-4000-8000-000000000001';
const doubles = vi.hoisted(() => ({
  perform: vi.fn(),
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
vi.mock('@/lib/rate-limits/request', () => ({ countFor: doubles.count }));
vi.mock('@/lib/services', () => ({ getServices: async () => ({}) }));
vi.mock('@/lib/operator/read', () => ({ recordShown: doubles.record }));
vi.mock('@/lib/operator/search/find', () => ({ findPeople: doubles.find }));
vi.mock('next-intl/server', () => import('@/tests/translations'));
vi.mock('@/lib/operator/actions', async (original) => ({
  ...(await original<typeof import('@/lib/operator/actions')>()),
  performOperatorAction: doubles.perform,
}));

function form(action: string): FormData {
  const submitted = new FormData();
  submitted.set('customer', CUSTOMER);
  submitted.set('action', action);
  return submitted;
}

beforeEach(() => {
  vi.clearAllMocks();
  doubles.count.mockResolvedValue({ allowed: true });
  doubles.identify.mockResolvedValue({ problem: null, session: { userId: 'o' } } as unknown as Caller);
});

test.each(OPERATOR_ACTIONS)(
  'requests a new sign-in for %s when the last one is too old, and returns to the customer',
  async (action) => {
    doubles.perform.mockResolvedValue('sign-in-again');
    const back = encodeURIComponent(`/operator/customers/${CUSTOMER}`);
    await expect(actOnCustomer(form(action))).rejects.toThrow(`redirect /sign-in?callbackUrl=${back}&again`);
    expect(doubles.perform).toHaveBeenCalledTimes(1);
  },
);

test.each(OPERATOR_REFUSALS.filter((refusal) => refusal !== 'sign-in-again'))(
  'shows a refusal on the customer’s page: %s',
  async (refusal) => {
    doubles.perform.mockResolvedValue(refusal);
    await expect(actOnCustomer(form('block'))).rejects.toThrow(`/operator/customers/${CUSTOMER}?done=${refusal}`);
  },
);

test('performs no action beyond the rate limit', async () => {
  doubles.count.mockResolvedValue({ allowed: false });
  await expect(actOnCustomer(form('block'))).rejects.toThrow('?done=too-many');
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
