import 'server-only';
import { TZDate } from '@date-fns/tz';
import { brand } from '@/lib/brand/brand';
import type { Currency } from '@/lib/choices';
import type { EquivalentRate } from '@/lib/kunacore/rates';
import type { Balance } from '@/lib/kunacore/wallets';
import { descending, isZero, rounded, share, sum, worth } from '@/lib/money/value';
import type { Services } from '@/lib/services';
import { noFilter } from './filter-schema';
import type { Holdings } from './holdings-schema';
import { isPurchase } from './operation-words';
import { findAllOperations, findOperations } from './operations';
import type { Operation } from './operations-schema';

const LATEST = 5;
const MONTHS = 6;
/** More than a person buys in half a year; bounds the calls that one view of the overview causes. */
const MOST = 500;

/** What KunaCore said about a wallet, in no currency yet. Small, because it is kept (last-known.ts). */
export interface Figures {
  /** When KunaCore said so, in milliseconds. */
  at: number;
  /** What is owned. */
  balances: Balance[];
  /** The rates of what is owned or was bought. */
  rates: EquivalentRate[];
  latest: Operation[];
  /** What was bought in each of the last months. */
  bought: { month: string; asset: string; amount: string }[];
}

/**
 * Reads balances, rates and the latest operations from KunaCore.
 * @param walletId the session's own; it never comes from the browser.
 * @throws a KunaCoreError
 */
export async function readFigures(
  services: Pick<Services, 'kunacore'>,
  walletId: string,
  now = Date.now(),
): Promise<Figures> {
  const rates = await services.kunacore.getEquivalentRates();
  const since = { ...noFilter, from: `${lastMonths(now)[0]}-01` };
  const [balances, operations] = await Promise.all([
    services.kunacore.getBalances(
      walletId,
      rates.map(({ asset }) => asset),
    ),
    findAllOperations(services, walletId, since, MOST),
  ]);
  const isFew = operations.length < LATEST;
  const newest = isFew ? (await findOperations(services, walletId, noFilter, 0)).operations : operations;
  const owned = balances.filter(({ balance, holdBalance = '0' }) => !isZero(balance) || !isZero(holdBalance));
  const bought = boughtByMonth(operations);
  const assets = new Set([...owned, ...bought].map(({ asset }) => asset));
  return {
    at: now,
    balances: owned,
    rates: rates.filter(({ asset }) => assets.has(asset)),
    latest: newest.slice(0, LATEST),
    bought,
  };
}

/** Values figures in a currency, by KunaCore's indicative rates of the same time. */
export function toHoldings(figures: Figures, currency: Currency): Holdings {
  const { at, balances, rates, latest, bought } = figures;
  const rateOf = (asset: string) => rates.find((rate) => rate.asset === asset)?.equivalent[currency];
  return {
    currency,
    at: new Date(at).toISOString(),
    ...valued(balances, rateOf),
    latest,
    months: valuedMonths(lastMonths(at), bought, rateOf),
  };
}

/** Reads a wallet's figures and values them in a currency. @throws a KunaCoreError */
export async function readHoldings(
  services: Pick<Services, 'kunacore'>,
  walletId: string,
  currency: Currency,
  now = Date.now(),
): Promise<Holdings> {
  return toHoldings(await readFigures(services, walletId, now), currency);
}

type RateOf = (asset: string) => EquivalentRate['equivalent'][string] | undefined;

function valued(balances: Balance[], rateOf: RateOf): Pick<Holdings, 'total' | 'balances'> {
  const owned = balances
    .map(({ asset, balance, holdBalance = '0' }) => ({
      asset,
      balance,
      held: holdBalance,
      price: worth('1', rateOf(asset)),
      value: worth(balance, rateOf(asset)),
    }))
    .toSorted((one, other) => descending(one.value ?? '0', other.value ?? '0'));
  const total = sum(owned.map(({ value }) => value ?? '0'));
  return {
    total: rounded(total, 2),
    balances: owned.map(({ value, ...rest }) => ({
      ...rest,
      value: value && rounded(value, 2),
      share: share(value ?? '0', total),
    })),
  };
}

function boughtByMonth(operations: Operation[]): Figures['bought'] {
  const amounts = new Map<string, Figures['bought'][number]>();
  for (const operation of operations) {
    const { status, createdAt, targetAsset: asset, targetAmount } = operation;
    if (!isPurchase(operation) || status !== 'Completed' || !createdAt || !asset || !targetAmount) continue;
    const month = monthOf(new Date(createdAt));
    const key = `${month} ${asset}`;
    amounts.set(key, { month, asset, amount: sum([amounts.get(key)?.amount ?? '0', targetAmount]) });
  }
  return [...amounts.values()];
}

function valuedMonths(months: string[], bought: Figures['bought'], rateOf: RateOf): Holdings['months'] {
  const values = months.map((month) => {
    const ofMonth = bought.filter((one) => one.month === month);
    return sum(ofMonth.map(({ asset, amount }) => worth(amount, rateOf(asset)) ?? '0'));
  });
  const highest = values.toSorted(descending)[0] ?? '0';
  return months.map((month, index) => {
    const value = values[index] ?? '0';
    return { month, value: rounded(value, 2), share: share(value, highest) };
  });
}

/** Returns this month and those before it, as `2026-11`, oldest first. */
function lastMonths(now: number): string[] {
  const today = new TZDate(now, brand.timeZone);
  return Array.from({ length: MONTHS }, (_, index) =>
    monthOf(new TZDate(today.getFullYear(), today.getMonth() - (MONTHS - 1 - index), 15, brand.timeZone)),
  );
}

function monthOf(time: Date): string {
  return new TZDate(time.getTime(), brand.timeZone).toISOString().slice(0, 7);
}
