import { TZDate } from '@date-fns/tz';
import { expect, test } from 'vitest';
import { brand } from '@/lib/brand/brand';
import type { Services } from '@/lib/services';
import { readFigures, readHoldings, toHoldings } from './holdings';

const NOW = Date.UTC(2026, 10, 23);
const RATES = [
  { asset: 'BTC', equivalent: { EUR: '80000.50', USD: '91250' } },
  { asset: 'USDT', equivalent: { EUR: '0.86', USD: '1' } },
  { asset: 'NEW', equivalent: { EUR: '0' } },
];

function kunaCore(balances: object[], operations: object[] = []): Services {
  return {
    kunacore: {
      getEquivalentRates: async () => RATES,
      getBalances: async () => balances,
      findOperations: async ({ skip }: { skip: number }) => (skip === 0 ? operations : []),
    },
  } as unknown as Services;
}

test('values what is owned exactly, largest first, and marks assets without a rate', async () => {
  const { total, balances, currency } = await readHoldings(
    kunaCore([
      { asset: 'USDT', balance: '100.123456789012345678', holdBalance: '0' },
      { asset: 'BTC', balance: '0.10000001', holdBalance: '0.5' },
      { asset: 'NEW', balance: '7' },
      { asset: 'ETH', balance: '0.000', holdBalance: '0' },
    ]),
    'w-1',
    'EUR',
    NOW,
  );
  expect(currency).toBe('EUR');
  expect(total).toBe('8086.16');
  expect(balances.map(({ asset, value }) => [asset, value])).toEqual([
    ['BTC', '8000.05'],
    ['USDT', '86.11'],
    ['NEW', null],
  ]);
  expect(balances[0]).toMatchObject({ balance: '0.10000001', held: '0.5', price: '80000.5' });
  expect(balances[2]).toMatchObject({ price: null });
  expect(balances.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
});

/** The first half hour of November where the institution is. */
const NOVEMBER_THERE = new Date(new TZDate(2026, 10, 1, 0, 30, brand.timeZone).getTime()).toISOString();

test('sums completed purchases by month in the institution’s time zone', async () => {
  const bought = (createdAt: string, more: object = {}) => ({
    id: createdAt + JSON.stringify(more),
    type: 'DepositWithExchange',
    status: 'Completed',
    targetAsset: 'USDT',
    targetAmount: '100',
    createdAt,
    ...more,
  });
  const { months, latest } = await readHoldings(
    kunaCore(
      [],
      [
        bought('2026-11-02T10:00:00.000Z'),
        bought('2026-11-03T10:00:00.000Z', { type: 'BuyToSendCrypto' }),
        bought(NOVEMBER_THERE),
        bought('2026-09-01T10:00:00.000Z'),
        bought('2026-11-04T10:00:00.000Z', { status: 'Declined' }),
        bought('2026-11-05T10:00:00.000Z', { type: 'Withdraw' }),
      ],
    ),
    'w-1',
    'EUR',
    NOW,
  );
  expect(months.map(({ month, value }) => [month, value])).toEqual([
    ['2026-06', '0.00'],
    ['2026-07', '0.00'],
    ['2026-08', '0.00'],
    ['2026-09', '86.00'],
    ['2026-10', '0.00'],
    ['2026-11', '258.00'],
  ]);
  expect(months.at(-1)?.share).toBe(1);
  expect(latest.map(({ createdAt }) => createdAt)).toEqual([
    '2026-11-05T10:00:00.000Z',
    '2026-11-04T10:00:00.000Z',
    '2026-11-03T10:00:00.000Z',
    '2026-11-02T10:00:00.000Z',
    NOVEMBER_THERE,
  ]);
});

test('kept figures have a value in every currency, and say when KunaCore said so', async () => {
  const figures = await readFigures(kunaCore([{ asset: 'BTC', balance: '2' }]), 'w-1', NOW);
  expect(figures.rates.map(({ asset }) => asset)).toEqual(['BTC']);
  expect(toHoldings(figures, 'USD')).toMatchObject({ total: '182500.00', at: '2026-11-23T00:00:00.000Z' });
  expect(toHoldings(figures, 'EUR').total).toBe('160001.00');
  expect(toHoldings(figures, 'UAH')).toMatchObject({ total: '0.00', balances: [{ value: null, price: null }] });
});
