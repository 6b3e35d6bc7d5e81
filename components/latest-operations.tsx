'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Card } from '@/components/ui/card';
import { Skeleton } from '@/components/ui/skeleton';
import { useHoldings } from './holdings-query';
import { OperationSummary } from './operation-summary';

/** What happened last, and the way to everything that did. */
export function LatestOperations() {
  const t = useTranslations('holdings');
  const { data, error } = useHoldings();
  return (
    <Card aria-labelledby="operations" className="space-y-4">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 id="operations" className="font-semibold text-xl">
          {t('operations')}
        </h2>
        <Link
          href="/account/activity"
          prefetch={false}
          className="inline-flex min-h-9 items-center text-primary text-sm underline underline-offset-4"
        >
          {t('allOperations')}
        </Link>
      </div>
      {!data && !error && <Skeleton className="h-24 w-full" />}
      {data?.latest.length === 0 && <p className="text-muted-foreground">{t('noOperations')}</p>}
      {data && data.latest.length > 0 && (
        <ul className="-my-3 divide-y divide-border">
          {data.latest.map((operation) => (
            <li key={operation.id} className="py-3">
              <OperationSummary operation={operation} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
