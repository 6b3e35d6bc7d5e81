'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { type ReactNode, useEffect } from 'react';
import { Card, CardTitle } from '@/components/ui/card';
import { NeedsScript } from '@/components/ui/needs-script';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import { CURRENCIES } from '@/lib/choices';
import { formatMoney } from '@/lib/money/format';
import type { OwnHoldings } from '@/lib/wallet/holdings-schema';
import { isSignedOut } from './fetch-account';
import { HOLDINGS_KEY, holdingsQuery, type Known } from './holdings-query';
import { sendPreference } from './send-preference';
import { useTimeOf } from './use-time-of';

interface BalanceProps {
  /** The state that the page shows. */
  state: string;
  currency: string;
  known: Known;
  /** What can be done with it. */
  children: ReactNode;
}

/** Shows what everything is worth, and since when that is known. Renders the page again when Kuna has changed the state. */
export function Balance({ state, currency, known, children }: BalanceProps) {
  const t = useTranslations('holdings');
  const router = useRouter();
  const { data, error } = useQuery(holdingsQuery(known));
  const now = data?.customer ?? state;
  useEffect(() => {
    if (now !== state) router.refresh();
  }, [now, state, router]);
  return (
    <Card aria-labelledby="balance" className="space-y-5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <CardTitle id="balance">{t('title')}</CardTitle>
        <CurrencyChoice currency={data?.currency ?? currency} />
      </div>
      {!data && <NeedsScript>{t('needsScript')}</NeedsScript>}
      {data ? <Total holdings={data} /> : !error && <Loading label={t('loading')} />}
      <div aria-live="polite" className="empty:hidden">
        {error && !isSignedOut(error) && (
          <Notice tone="warn">
            <p>{t(data ? 'outdated' : 'unavailable')}</p>
          </Notice>
        )}
      </div>
      {children}
    </Card>
  );
}

/** As high as the total. */
function Loading({ label }: { label: string }) {
  return (
    <div role="status" className="space-y-1">
      <span className="sr-only">{label}</span>
      <Skeleton className="h-10 w-48 max-w-full" />
      <Skeleton className="h-5 w-72 max-w-full" />
    </div>
  );
}

function Total({ holdings }: { holdings: OwnHoldings }) {
  const t = useTranslations('holdings');
  const locale = useLocale();
  const timeOf = useTimeOf();
  const { total, currency, balances, at } = holdings;
  const unrated = balances.some(({ value }) => value === null);
  return (
    <div className="space-y-1">
      <p className="font-bold text-4xl tabular-nums leading-10 tracking-tight [overflow-wrap:anywhere]">
        {formatMoney(total, currency, locale)}
      </p>
      <p className="text-muted-foreground text-sm">
        {/* The browser's data of a language can differ from the server's. */}
        <time dateTime={at} suppressHydrationWarning>
          {t('asOf', { when: timeOf(at) })}
        </time>{' '}
        {balances.length === 0 ? t('empty') : t(unrated ? 'indicativeInPart' : 'indicative')}
      </p>
    </div>
  );
}

/** Sets the currency. With script a choice is sent at once, and only the figures change. */
function CurrencyChoice({ currency }: { currency: string }) {
  const t = useTranslations('holdings');
  const queries = useQueryClient();
  const choose = async (chosen: string) => {
    await sendPreference('currency', chosen);
    await queries.invalidateQueries({ queryKey: HOLDINGS_KEY });
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
