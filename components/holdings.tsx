'use client';

import { useQuery } from '@tanstack/react-query';
import { useFormatter, useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { type Holdings as HoldingsData, holdings } from '@/lib/customers/holdings-schema';
import { Card } from './ui/card';
import { Notice } from './ui/notice';

const UNFINISHED = new Set(['Created', 'Processing']);
const POLL_MS = 30_000;
const POLL_UNFINISHED_MS = 2_000;

/** Balances and latest operations. Asks KunaCore from the browser, so that the page never waits for it. */
export function Holdings() {
  const t = useTranslations('holdings');
  const { data, error } = useQuery({
    queryKey: ['holdings'],
    queryFn: async ({ signal }) => {
      const response = await fetch('/api/account/holdings', { signal, cache: 'no-store' });
      if (!response.ok) throw new Error(`status ${response.status}`);
      return holdings.parse(await response.json());
    },
    refetchInterval: ({ state }) =>
      state.data?.operations.some(({ status }) => UNFINISHED.has(status)) ? POLL_UNFINISHED_MS : POLL_MS,
  });
  return (
    <div className="space-y-6">
      <noscript>
        <Notice>{t('needsScript')}</Notice>
      </noscript>
      <div aria-live="polite" className="empty:hidden">
        {error && (
          <Notice tone="warn">
            <p>{t('unavailable')}</p>
          </Notice>
        )}
      </div>
      <Section id="balances" title={t('title')}>
        <Balances balances={data?.balances} />
      </Section>
      <Section id="operations" title={t('operations')}>
        <Operations operations={data?.operations} />
      </Section>
    </div>
  );
}

function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <Card aria-labelledby={id} className="space-y-4">
      <h2 id={id} className="font-semibold text-xl">
        {title}
      </h2>
      {children}
    </Card>
  );
}

function Balances({ balances }: { balances?: HoldingsData['balances'] }) {
  const t = useTranslations('holdings');
  if (!balances) return <p className="text-muted">{t('loading')}</p>;
  if (balances.length === 0) return <p className="text-muted">{t('empty')}</p>;
  return (
    <dl className="-my-2.5 divide-y divide-line">
      {balances.map(({ asset, balance }) => (
        <div key={asset} className="flex items-baseline justify-between gap-4 py-2.5">
          <dt className="font-medium">{asset}</dt>
          <dd className="break-all text-right text-lg tabular-nums">{balance}</dd>
        </div>
      ))}
    </dl>
  );
}

function Operations({ operations }: { operations?: HoldingsData['operations'] }) {
  const t = useTranslations('holdings');
  const format = useFormatter();
  if (!operations) return <p className="text-muted">{t('loading')}</p>;
  if (operations.length === 0) return <p className="text-muted">{t('noOperations')}</p>;
  // KunaCore may know types and statuses that we do not: those are shown as they are.
  const named = (kind: 'status' | 'type', word: string) => (t.has(`${kind}.${word}`) ? t(`${kind}.${word}`) : word);
  return (
    <ul className="-my-2.5 divide-y divide-line">
      {operations.map(({ id, type, status, asset, amount, createdAt }) => (
        <li key={id} className="flex items-baseline justify-between gap-4 py-2.5">
          <span className="min-w-0">
            <span className="block font-medium">{named('type', type)}</span>
            {createdAt && (
              <time dateTime={createdAt} className="text-muted text-sm">
                {format.dateTime(new Date(createdAt), { dateStyle: 'medium', timeStyle: 'short' })}
              </time>
            )}
          </span>
          <span className="shrink-0 text-right max-[22rem]:shrink">
            <span className="block tabular-nums">
              <span className="break-all">{amount}</span> <span className="whitespace-nowrap">{asset}</span>
            </span>
            <span className="text-muted text-sm">{named('status', status)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
