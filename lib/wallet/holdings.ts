import 'server-only';
import { TZDate } from '@date-fns/tz';
import { brand } from '@/lib/brand/brand';
import type { Currency } from '@/lib/choices';
import type { EquivalentRate } from '@/lib/kunacore/rates';
import type { Balance } from '@/lib/kunacore/wallets';
import { descending, isZero, rounded, share, sum, worth } from '@/lib/money/value';
import type { Services } from '@/lib/services';
import type { Holdings } from './holdings-schema';
import { isPurchase } from './operation-words';
import { findAllOperations } from './operations';
import type { Operation } from './operations-schema';

const LATEST = 5;
const MONTHS = 6;
/** More than a person buys in half a year; bounds the calls that one view of the overview causes. */
const MOST = 500;

/**
 * Returns the user's balances, their value by KunaCore's indicative rates, and the latest operations.
 * @param walletId the session's own; it never comes from the browser.
 * @throws a KunaCoreError
 */
export async function readHoldings(
  services: Pick<Services, 'kunacore'>,
  walletId: string,
  currency: Currency,
  now = Date.now(),
): Promise<Holdings> {
  const rates = await services.kunacore.getEquivalentRates();
  const months = lastMonths(now);
  const since = { type: '', status: '', asset: '', from: `${months[0]}-01`, to: '' };
  const [balances, operations] = await Promise.all([
    services.kunacore.getBalances(
      walletId,
      rates.map(({ asset }) => asset),
    ),
    findAllOperations(services, walletId, since, MOST),
  ]);
  const rateOf = (asset: string | null) => rates.find((rate) => rate.asset === asset)?.equivalent[currency];
  return {
    currency,
    ...valued(balances, rateOf),
    latest: operations.slice(0, LATEST),
    months: boughtBy(months, operations, rateOf),
  };
}

type RateOf = (asset: string | null) => EquivalentRate['equivalent'][string] | undefined;

function valued(balances: Balance[], rateOf: RateOf): Pick<Holdings, 'total' | 'balances'> {
  const owned = balances
    .map(({ asset, balance, holdBalance = '0' }) => ({
      asset,
      balance,
      held: holdBalance,
      value: worth(balance, rateOf(asset)),
    }))
    .filter(({ balance, held }) => !isZero(balance) || !isZero(held))
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

function boughtBy(months: string[], operations: Operation[], rateOf: RateOf): Holdings['months'] {
  const bought = operations.filter((operation) => isPurchase(operation) && operation.status === 'Completed');
  const values = months.map((month) => {
    const ofMonth = bought.filter(({ createdAt }) => createdAt && monthOf(new Date(createdAt)) === month);
    return sum(ofMonth.map(({ targetAmount, targetAsset }) => worth(targetAmount ?? '0', rateOf(targetAsset)) ?? '0'));
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
