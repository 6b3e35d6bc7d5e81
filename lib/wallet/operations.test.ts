// ASVS 5.0: 2.2.1 15.3.7
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brand } from '@/lib/brand/brand';
import { MalformedResponseError, RejectedError, UnreachableError } from '@/lib/kunacore/errors';
import type { Operation as KunaCoreOperation, OperationSearch } from '@/lib/kunacore/operations';
import type { Services } from '@/lib/services';
import { anyText, comesBack, fuzzRuns } from '@/tests/fuzz';
import { operationFilter } from './filter-schema';
import { findAllOperations, findOperation, findOperations } from './operations';

const NO_FILTER = operationFilter.parse({});

/** A KunaCore with so many operations of one wallet; records what is requested. */
function kunaCoreWith(operations: KunaCoreOperation[]) {
  const requested: OperationSearch[] = [];
  const findOperationsThere = async (search: OperationSearch) => {
    requested.push(search);
    return operations.slice(search.skip, search.skip + search.take);
  };
  return { requested, services: { kunacore: { findOperations: findOperationsThere } } as unknown as Services };
}

function operation(number: number, more: Partial<KunaCoreOperation> = {}): KunaCoreOperation {
  const createdAt = new Date(Date.UTC(2026, 10, 1) + number * 60_000).toISOString();
  return {
    id: `o-${number}`,
    walletId: 'w-1',
    type: 'Deposit',
    status: 'Completed',
    createdAt,
    ...more,
  } as KunaCoreOperation;
}

/** The day of a moment where the institution is, e.g. 2026-11-23. */
function dayThere(moment: string): string {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: brand.timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(new Date(moment));
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

const many = (count: number) => Array.from({ length: count }, (_, number) => operation(number));

describe('pages', () => {
  test('are of 20, newest first, and the last one says so', async () => {
    const { services } = kunaCoreWith(many(25));
    const first = await findOperations(services, 'w-1', NO_FILTER, 0);
    expect([first.operations.length, first.operations[0]?.id, first.next]).toEqual([20, 'o-19', 20]);
    const second = await findOperations(services, 'w-1', NO_FILTER, 20);
    expect([second.operations.length, second.next]).toEqual([5, null]);
  });

  test('all of them are collected without counting one twice, up to the limit', async () => {
    const { services } = kunaCoreWith([...many(150), operation(3)]);
    expect(await findAllOperations(services, 'w-1', NO_FILTER, 1000)).toHaveLength(150);
    expect(await findAllOperations(kunaCoreWith(many(300)).services, 'w-1', NO_FILTER, 120)).toHaveLength(120);
  });

  test('reject a response about another wallet as a whole', async () => {
    const { services } = kunaCoreWith([operation(1), operation(2, { walletId: 'w-2' })]);
    await expect(findOperations(services, 'w-1', NO_FILTER, 0)).rejects.toThrow('operations of another wallet');
  });
});

describe('one operation', () => {
  const servicesWith = (getOperation: () => Promise<KunaCoreOperation | null>) =>
    ({ kunacore: { getOperation } }) as unknown as Services;
  const rejectedWith = (status: number) => async () => {
    throw new RejectedError('/v2/operation/details', status, undefined, undefined);
  };

  test("is returned when it is of the session's own wallet", async () => {
    const found = await findOperation(
      servicesWith(async () => operation(1)),
      'w-1',
      'o-1',
    );
    expect(found).toMatchObject({ id: 'o-1', walletId: 'w-1', sourceAmount: null });
  });

  test.each([
    ['is of another wallet', async () => operation(1, { walletId: 'w-2' })],
    ['names no wallet', async () => operation(1, { walletId: undefined })],
    ['is unknown, as an empty list', async () => null],
    ['is unknown, as a 404', rejectedWith(404)],
    ['has an id that KunaCore refuses', rejectedWith(400)],
    ["is another partner's", rejectedWith(403)],
  ])('is not found when it %s', async (_case, getOperation) => {
    expect(await findOperation(servicesWith(getOperation), 'w-1', 'o-1')).toBeNull();
  });

  test.each([
    new UnreachableError('/v2/operation/details', 'ECONNREFUSED', false),
    new RejectedError('/v2/operation/details', 503, undefined, undefined),
    new MalformedResponseError('/v2/operation/details', 'another operation'),
  ])('is not said to be missing while KunaCore cannot tell: %s', async (error) => {
    const services = servicesWith(() => Promise.reject(error));
    await expect(findOperation(services, 'w-1', 'o-1')).rejects.toBe(error);
  });
});

describe('filters', () => {
  test('are sent in KunaCore’s words; what is not set is not sent', async () => {
    const { services, requested } = kunaCoreWith([]);
    await findOperations(services, 'w-1', { ...NO_FILTER, status: 'OnHold', asset: 'BTC' }, 40);
    expect(requested).toEqual([{ walletId: 'w-1', status: 'OnHold', targetAsset: 'BTC', skip: 40, take: 20 }]);
  });

  test('mean whole days where the institution is, also those with 23 and 25 hours', async () => {
    const { services, requested } = kunaCoreWith([]);
    // The last Sundays of March and October: summer time begins and ends in Europe.
    for (const day of ['2026-11-23', '2026-03-29', '2026-10-25']) {
      await findOperations(services, 'w-1', { ...NO_FILTER, from: day, to: day }, 0);
      const { dateFrom, dateTo } = requested.at(-1) as { dateFrom: string; dateTo: string };
      const besides = (moment: string, milliseconds: number) =>
        new Date(Date.parse(moment) + milliseconds).toISOString();
      expect([dateFrom, dateTo].map(dayThere)).toEqual([day, day]);
      expect([besides(dateFrom, -1), besides(dateTo, 1)].map(dayThere)).not.toContain(day);
    }
  });

  test.each([
    { from: 'yesterday' },
    { from: '2026-02-30' },
    { to: '0026-11-23' },
    { type: '<script>' },
    { asset: 'x'.repeat(41) },
    { status: ['Completed', 'Declined'] },
  ])('that are invalid, like %j, are left out', (given) => {
    expect(operationFilter.parse(given)).toEqual(NO_FILTER);
  });

  test('sends only plain words and times for any text, or nothing', async () => {
    const name = fc.oneof(fc.constantFrom('type', 'status', 'asset', 'from', 'to'), anyText);
    const day = fc
      .date({ min: new Date('0000-01-02'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    const requested = fc.array(fc.tuple(name, fc.oneof(anyText, day, fc.string())), { maxLength: 6 });
    const { services, requested: sent } = kunaCoreWith([]);
    await fc.assert(
      fc.asyncProperty(requested, async (entries) => {
        const query = new URLSearchParams(new URLSearchParams(entries).toString());
        const filter = operationFilter.parse(Object.fromEntries(query));
        await findOperations(services, 'w-1', filter, 0);
        const { walletId, skip, take, dateFrom, dateTo, ...words } = sent.at(-1) as OperationSearch;
        expect([walletId, skip, take]).toEqual(['w-1', 0, 20]);
        for (const word of Object.values(words)) expect(word).toMatch(/^[\w.-]{1,40}$/);
        for (const [moment, of] of [
          [dateFrom, filter.from],
          [dateTo, filter.to],
        ] as const)
          if (moment ?? of) expect(dayThere(String(moment))).toBe(of);
        expect(JSON.stringify(filter)).toSatisfy(comesBack);
      }),
      fuzzRuns(),
    );
  });
});
