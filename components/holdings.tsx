'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { chartColour } from '@/components/charts/chart-colour';
import { MonthsChart } from '@/components/charts/months-chart';
import { ShareBar } from '@/components/charts/share-bar';
import { Card, CardTitle } from '@/components/ui/card';
import { NeedsScript } from '@/components/ui/needs-script';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import { CURRENCIES } from '@/lib/choices';
import { assetLabel } from '@/lib/money/assets';
import { formatMoney, formatShare } from '@/lib/money/format';
import { cn } from '@/lib/utils';
import type { Holdings as HoldingsData } from '@/lib/wallet/holdings-schema';
import { holdingsQuery } from './holdings-query';
import { sendPreference } from './send-preference';

/** Shows what the customer owns: total value, balances, and purchases by month. */
export function Holdings({ currency }: { currency: string }) {
  const t = useTranslations('holdings');
  const { data, error } = useQuery(holdingsQuery);
  return (
    <Card aria-labelledby="balances" className="space-y-6">
      <div className="flex flex-wrap items-start justify-between gap-4">
        <CardTitle id="balances" large>
          {t('title')}
        </CardTitle>
        <CurrencyChoice currency={data?.currency ?? currency} />
      </div>
      <NeedsScript>{t('needsScript')}</NeedsScript>
      <div aria-live="polite" className="empty:hidden">
        {error && (
          <Notice tone="warn">
            <p>{t(data ? 'outdated' : 'unavailable')}</p>
          </Notice>
        )}
      </div>
      {data ? <Owned holdings={data} /> : !error && <Loading label={t('loading')} />}
    </Card>
  );
}

function Loading({ label }: { label: string }) {
  return (
    <div role="status" className="space-y-4">
      <span className="sr-only">{label}</span>
      <Skeleton className="h-10 w-48" />
      <Skeleton className="h-4 w-full" />
      <Skeleton className="h-12 w-full" />
      <Skeleton className="h-12 w-full" />
    </div>
  );
}

function Owned({ holdings }: { holdings: HoldingsData }) {
  const t = useTranslations('holdings');
  const locale = useLocale();
  const { total, currency, balances, months } = holdings;
  if (balances.length === 0) return <p className="text-muted-foreground">{t('empty')}</p>;
  const unrated = balances.some(({ value }) => value === null);
  return (
    <>
      <div>
        <p className="font-bold text-4xl tabular-nums tracking-tight [overflow-wrap:anywhere]">
          {formatMoney(total, currency, locale)}
        </p>
        <p className="mt-1 text-muted-foreground text-sm">{t(unrated ? 'indicativeInPart' : 'indicative')}</p>
      </div>
      {balances.length > 1 && <ShareBar shares={balances} />}
      <Balances balances={balances} currency={currency} />
      {months.some(({ share }) => share > 0) && <MonthsChart months={months} currency={currency} />}
    </>
  );
}

function Balances({ balances, currency }: Pick<HoldingsData, 'balances' | 'currency'>) {
  const t = useTranslations('holdings');
  const locale = useLocale();
  return (
    <table className="w-full text-left">
      <caption className="sr-only">{t('byAsset')}</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">{t('asset')}</th>
          <th scope="col">{t('amountAndValue')}</th>
        </tr>
      </thead>
      <tbody className="divide-y divide-border">
        {balances.map(({ asset, balance, held, value, share }, index) => (
          <tr key={asset}>
            <th scope="row" className="py-3 pr-3 align-top font-medium">
              <span className="flex items-center gap-3">
                <span aria-hidden className={cn('size-3 shrink-0 rounded-full bg-current', chartColour(index))} />
                {assetLabel(asset, locale)}
                {value !== null && balances.length > 1 && (
                  <span className="font-normal text-muted-foreground text-sm">{formatShare(share, locale)}</span>
                )}
              </span>
            </th>
            <td className="py-3 text-right">
              <span className="block font-medium tabular-nums [overflow-wrap:anywhere]">
                {formatMoney(balance, asset, locale)}
              </span>
              <span className="block text-muted-foreground text-sm tabular-nums">
                {value === null ? t('noRate') : formatMoney(value, currency, locale)}
              </span>
              {/[1-9]/.test(held) && (
                <span className="block text-muted-foreground text-sm">
                  {t('onHold', { amount: formatMoney(held, asset, locale) })}
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Sets the currency. With script a choice is sent at once, and only the figures change. */
function CurrencyChoice({ currency }: { currency: string }) {
  const t = useTranslations('holdings');
  const queries = useQueryClient();
  const choose = async (chosen: string) => {
    await sendPreference('currency', chosen);
    await queries.invalidateQueries({ queryKey: holdingsQuery.queryKey });
  };
  return (
    <form action="/preferences" method="post" className="flex items-center gap-2">
      <label htmlFor="currency" className="sr-only">
        {t('currency')}
      </label>
      <select
        id="currency"
        name="currency"
        key={currency}
        defaultValue={currency}
        onChange={({ target }) => choose(target.value)}
        className="min-h-11 rounded-control border border-border bg-card px-3 font-medium text-base"
      >
        {CURRENCIES.map((code) => (
          <option key={code}>{code}</option>
        ))}
      </select>
    </form>
  );
}
