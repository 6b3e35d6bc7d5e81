'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { ChevronRight, Download } from 'lucide-react';
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
import { OperationDrawer } from './operation-drawer';
import { OperationSummary } from './operation-summary';
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
  return (
    <div className="space-y-6">
      <NeedsScript>{t('needsScript')}</NeedsScript>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <ActivityFilters filter={filter} onChange={change} />
        <a
          href={`/api/account/operations.csv?${filterSearch(filter)}`}
          className={buttonStyle({ variant: 'secondary' })}
        >
          <Download aria-hidden className="size-4" />
          {t('export')}
        </a>
      </div>
      <OperationList filter={filter} known={known} onShowAll={() => change(NO_FILTER)} />
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
  const [openId, setOpenId] = useState<string | null>(null);
  const timeOf = useTimeOf();
  const { data, dataUpdatedAt, error, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    activityQuery(filter, known),
  );
  const open = data?.find(({ id }) => id === openId);
  return (
    <Card aria-label={t('title')} className="space-y-4 py-3 sm:py-4">
      <p role="status" className="sr-only">
        {data ? t('count', { count: data.length }) : t('loading')}
      </p>
      {error && (
        <Notice tone="warn" alert>
          <p>{data ? t('outdated', { when: timeOf(dataUpdatedAt) }) : t('unavailable')}</p>
          <Button variant="secondary" onClick={() => refetch()}>
            {t('tryAgain')}
          </Button>
        </Notice>
      )}
      {!data && !error && <LoadingRows />}
      {data?.length === 0 && <Empty filtered={filterSearch(filter) !== ''} onShowAll={onShowAll} />}
      {data && data.length > 0 && <Rows operations={data} onOpen={setOpenId} />}
      {hasNextPage && (
        <Button variant="secondary" width="full" aria-disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
          {t(isFetchingNextPage ? 'loading' : 'more')}
        </Button>
      )}
      {open && <OperationDrawer operation={open} onClose={() => setOpenId(null)} />}
    </Card>
  );
}

function Rows({ operations, onOpen }: { operations: Operation[]; onOpen: (id: string) => void }) {
  return (
    <ul className="divide-y divide-border">
      {operations.map((operation) => (
        <li key={operation.id}>
          <button
            type="button"
            aria-haspopup="dialog"
            onClick={() => onOpen(operation.id)}
            className="-mx-3 flex w-[calc(100%+1.5rem)] cursor-pointer items-center gap-3 rounded-control px-3 py-3.5 text-left transition-colors hover:bg-muted"
          >
            <span className="min-w-0 flex-1">
              <OperationSummary operation={operation} />
            </span>
            <ChevronRight aria-hidden className="size-5 shrink-0 text-muted-foreground" />
          </button>
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
