'use client';

import { useQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { AssetMark } from '@/components/asset-mark';
import { chartColour } from '@/components/charts/chart-colour';
import { MonthsChart } from '@/components/charts/months-chart';
import { ShareBar } from '@/components/charts/share-bar';
import { Card, CardTitle } from '@/components/ui/card';
import { Skeleton } from '@/components/ui/skeleton';
import { assetLabel } from '@/lib/money/assets';
import { formatMoney, formatPrice, formatShare } from '@/lib/money/format';
import { cn } from '@/lib/utils';
import type { OwnHoldings } from '@/lib/wallet/holdings-schema';
import { holdingsQuery, type Known } from './holdings-query';

/** Lists what the customer owns: name, amount, price, value; and purchases by month. Renders nothing without assets. */
export function Assets({ known }: { known: Known }) {
  const t = useTranslations('holdings');
  const { data, error } = useQuery(holdingsQuery(known));
  const isExpected = !data && !error && !known.isNew;
  if (!isExpected && !data?.balances.length) return null;
  return (
    <Card aria-labelledby="assets" className="space-y-6">
      <CardTitle id="assets">{t('assets')}</CardTitle>
      {data ? <Owned holdings={data} /> : <Skeleton className="h-48 w-full" />}
    </Card>
  );
}

function Owned({ holdings }: { holdings: OwnHoldings }) {
  const { currency, balances, months } = holdings;
  return (
    <>
      {balances.length > 1 && <ShareBar shares={balances} />}
      <Balances balances={balances} currency={currency} />
      {months.some(({ share }) => share > 0) && <MonthsChart months={months} currency={currency} />}
    </>
  );
}

function Balances({ balances, currency }: Pick<OwnHoldings, 'balances' | 'currency'>) {
  const t = useTranslations('holdings');
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
        {balances.map((balance, index) => (
          <Asset
            key={balance.asset}
            {...balance}
            {...{ currency, isOnly: balances.length === 1 }}
            colour={chartColour(index)}
          />
        ))}
      </tbody>
    </table>
  );
}

type AssetProps = OwnHoldings['balances'][number] & { currency: string; isOnly: boolean; colour: string };

function Asset({ asset, balance, held, price, value, share, currency, isOnly, colour }: AssetProps) {
  const t = useTranslations('holdings');
  const locale = useLocale();
  return (
    <tr>
      <th scope="row" className="py-3 pr-3 align-top font-medium">
        <span className="flex gap-3">
          {/* A phone needs the room for the amount. */}
          <span aria-hidden className={cn('mt-1.5 size-3 shrink-0 rounded-full bg-current sm:hidden', colour)} />
          <span aria-hidden className={cn('self-start rounded-full ring-2 ring-current max-sm:hidden', colour)}>
            <AssetMark code={asset} />
          </span>
          <span>
            {assetLabel(asset, locale)}
            {price !== null && (
              <span className="block font-normal text-muted-foreground text-sm tabular-nums">
                {t('price', { asset, price: formatPrice(price, currency, locale) })}
              </span>
            )}
          </span>
        </span>
      </th>
      <td className="w-[45%] py-3 text-right align-top">
        <span className="block font-medium tabular-nums [overflow-wrap:anywhere]">
          {formatMoney(balance, asset, locale)}
        </span>
        <span className="block text-muted-foreground text-sm tabular-nums">
          {value === null ? t('noRate') : formatMoney(value, currency, locale)}
          {value !== null && !isOnly && ` · ${formatShare(share, locale)}`}
        </span>
        {/[1-9]/.test(held) && (
          <span className="block text-muted-foreground text-sm">
            {t('onHold', { amount: formatMoney(held, asset, locale) })}
          </span>
        )}
      </td>
    </tr>
  );
}
