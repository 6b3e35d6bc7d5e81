'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button, buttonStyle } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { NeedsScript } from '@/components/ui/needs-script';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import type { OperationFilter } from '@/lib/wallet/filter-schema';
import type { Operation } from '@/lib/wallet/operations-schema';
import { ActivityFilters } from './activity-filters';
import { activityQuery, filterSearch, type KnownOperations } from './activity-query';
import { isSignedOut } from './fetch-account';
import { OpenOperation } from './open-operation';
import { OperationLink } from './operation-link';
import { useOpenOperation } from './use-open-operation';
import { useTimeOf } from './use-time-of';

/** Lists the wallet's operations: filtered, loaded page by page, kept up to date. */
export function Activity({ initial, known }: { initial: OperationFilter; known?: KnownOperations }) {
  const t = useTranslations('activity');
  const [filter, setFilter] = useState(initial);
  const change = (next: OperationFilter) => {
    setFilter(next);
    const search = filterSearch(next);
    window.history.replaceState(null, '', search ? `?${search}` : window.location.pathname);
  };
  const showAll = () => {
    change(NO_FILTER);
    // The pressed button goes with the empty list (WCAG 2.4.3).
    document.querySelector<HTMLElement>('main summary')?.focus();
  };
  return (
    <div className="space-y-6">
      <NeedsScript>{t('needsScript')}</NeedsScript>
      <div className="flex flex-wrap items-start justify-between gap-4">
        <ActivityFilters filter={filter} onChange={change} />
        <a
          href={`/api/account/operations.csv?${filterSearch(filter)}`}
          className={buttonStyle({ variant: 'secondary' })}
        >
          <Download aria-hidden className="size-4" />
          {t('export')}
        </a>
      </div>
      <OperationList filter={filter} known={known} onShowAll={showAll} />
    </div>
  );
}

const NO_FILTER: OperationFilter = { type: '', status: '', asset: '', from: '', to: '' };

function OperationList({
  filter,
  known,
  onShowAll,
}: {
  filter: OperationFilter;
  known?: KnownOperations;
  onShowAll: () => void;
}) {
  const t = useTranslations('activity');
  const { openId, open, close } = useOpenOperation();
  const timeOf = useTimeOf();
  const { data, dataUpdatedAt, error, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    activityQuery(filter, known),
  );
  return (
    <Card aria-label={t('title')} className="space-y-4 py-3 sm:py-4">
      <p role="status" className="sr-only">
        {data ? t('count', { count: data.length }) : t('loading')}
      </p>
      {error && !isSignedOut(error) && (
        <Notice tone="warn" alert>
          <p>{data ? t('outdated', { when: timeOf(dataUpdatedAt) }) : t('unavailable')}</p>
          <Button variant="secondary" onClick={() => refetch()}>
            {t('tryAgain')}
          </Button>
        </Notice>
      )}
      {!data && !error && <LoadingRows />}
      {data?.length === 0 && <Empty filtered={filterSearch(filter) !== ''} onShowAll={onShowAll} />}
      {data && data.length > 0 && <Rows operations={data} filter={filter} onOpen={open} />}
      {hasNextPage && (
        <Button variant="secondary" width="full" aria-disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
          {t(isFetchingNextPage ? 'loading' : 'more')}
        </Button>
      )}
      {openId && (
        <OpenOperation
          id={openId}
          listed={data?.find(({ id }) => id === openId)}
          isListLoading={!data && !error}
          onClose={close}
        />
      )}
    </Card>
  );
}

interface RowsProps {
  operations: Operation[];
  filter: OperationFilter;
  onOpen: (id: string) => void;
}

function Rows({ operations, filter, onOpen }: RowsProps) {
  return (
    <ul className="divide-y divide-border">
      {operations.map((operation) => (
        <li key={operation.id}>
          <OperationLink operation={operation} filter={filterSearch(filter)} onOpen={onOpen} />
        </li>
      ))}
    </ul>
  );
}

function Empty({ filtered, onShowAll }: { filtered: boolean; onShowAll: () => void }) {
  const t = useTranslations('activity');
  return (
    <div className="space-y-3 py-8 text-center">
      <p className="font-medium">{t(filtered ? 'nothingFound' : 'nothingYet')}</p>
      <p className="text-muted-foreground">{t(filtered ? 'nothingFoundHint' : 'nothingYetHint')}</p>
      {filtered && (
        <Button variant="secondary" onClick={onShowAll}>
          {t('showAll')}
        </Button>
      )}
    </div>
  );
}

function LoadingRows() {
  return (
    <div className="space-y-3 py-2">
      {['a', 'b', 'c', 'd'].map((row) => (
        <Skeleton key={row} className="h-14 w-full" />
      ))}
    </div>
  );
}
