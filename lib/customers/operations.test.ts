import { describe, expect, test } from 'vitest';
import type { Operation as KunaCoreOperation, OperationSearch } from '../kunacore/operations';
import type { Services } from '../services';
import { findAllOperations, findOperations } from './operations';
import { operationFilter } from './operations-schema';

const NO_FILTER = operationFilter.parse({});

/** A KunaCore with so many operations of one wallet; notes what it is asked. */
function kunaCoreWith(operations: KunaCoreOperation[]) {
  const asked: OperationSearch[] = [];
  const findOperationsThere = async (search: OperationSearch) => {
    asked.push(search);
    return operations.slice(search.skip, search.skip + search.take);
  };
  return { asked, services: { kunacore: { findOperations: findOperationsThere } } as unknown as Services };
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

  test('hold nothing of another wallet: such an answer is not believed at all', async () => {
    const { services } = kunaCoreWith([operation(1), operation(2, { walletId: 'w-2' })]);
    await expect(findOperations(services, 'w-1', NO_FILTER, 0)).rejects.toThrow('operations of another wallet');
  });
});

describe('filters', () => {
  test('are sent in KunaCore’s words; what is not set is not sent', async () => {
    const { services, asked } = kunaCoreWith([]);
    await findOperations(services, 'w-1', { ...NO_FILTER, status: 'OnHold', asset: 'BTC' }, 40);
    expect(asked).toEqual([{ walletId: 'w-1', status: 'OnHold', targetAsset: 'BTC', skip: 40, take: 20 }]);
  });

  test('mean whole days where the institution is, also those with 23 and 25 hours', async () => {
    const { services, asked } = kunaCoreWith([]);
    const days = [
      ['2026-11-23', '2026-11-22T22:00:00.000Z', '2026-11-23T21:59:59.999Z'],
      ['2026-03-29', '2026-03-28T22:00:00.000Z', '2026-03-29T20:59:59.999Z'],
      ['2026-10-25', '2026-10-24T21:00:00.000Z', '2026-10-25T21:59:59.999Z'],
    ];
    for (const [day = '', dateFrom, dateTo] of days) {
      await findOperations(services, 'w-1', { ...NO_FILTER, from: day, to: day }, 0);
      expect(asked.at(-1)).toMatchObject({ dateFrom, dateTo });
    }
  });

  test.each([
    { from: 'yesterday' },
    { from: '2026-02-30' },
    { type: '<script>' },
    { asset: 'x'.repeat(41) },
    { status: ['Completed', 'Declined'] },
  ])('that nobody can mean, like %j, are left out', (given) => {
    expect(operationFilter.parse(given)).toEqual(NO_FILTER);
  });
});
