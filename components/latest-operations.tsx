'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Card, CardTitle } from '@/components/ui/card';
import { Skeleton } from '@/components/ui/skeleton';
import { holdingsQuery, type Known } from './holdings-query';
import { OperationLink } from './operation-link';

/** Lists the latest operations as links, with a link to all of them. */
export function LatestOperations({ known }: { known: Known }) {
  const t = useTranslations('holdings');
  const { data, error } = useQuery(holdingsQuery(known));
  return (
    <Card aria-labelledby="operations" className="space-y-4">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <CardTitle id="operations">{t('operations')}</CardTitle>
        <Link
          href="/account/activity"
          prefetch={false}
          className="inline-flex min-h-9 items-center text-primary text-sm underline underline-offset-4"
        >
          {t('allOperations')}
        </Link>
      </div>
      {/* As high as what is likely to follow. */}
      {!data && !error && <Skeleton className={known.isNew ? 'h-6 w-full' : 'h-80 w-full'} />}
      {!data && error && <p className="text-muted-foreground">{t('operationsUnavailable')}</p>}
      {data?.latest.length === 0 && <p className="text-muted-foreground">{t('noOperations')}</p>}
      {data && data.latest.length > 0 && (
        <ul className="-my-3 divide-y divide-border">
          {data.latest.map((operation) => (
            <li key={operation.id}>
              <OperationLink operation={operation} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
