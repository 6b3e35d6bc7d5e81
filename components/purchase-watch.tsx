'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { Notice } from '@/components/ui/notice';
import { noticed } from '@/lib/wallet/noticed';
import { formatPair } from '@/lib/wallet/operation-words';
import type { Operation } from '@/lib/wallet/operations-schema';
import { isSignedOut } from './fetch-account';
import { operationHref } from './operation-address';
import { OperationDrawer } from './operation-drawer';
import { opensHere } from './operation-link';
import { newestOperationsQuery } from './operation-query';
import { OperationStatus } from './operation-status';
import { useOperationWords } from './operation-words';
import { useOverPage } from './use-over-page';
import { useTimeOf } from './use-time-of';

/** Shows what has happened in the wallet since the page was opened, while the widget beside it is in use. */
export function PurchaseWatch({ openedAt }: { openedAt: string }) {
  const t = useTranslations('activity');
  const { data, dataUpdatedAt, error } = useQuery(newestOperationsQuery);
  const timeOf = useTimeOf();
  // A refresh in place brings a new time. Keep the first, as the iframe is kept.
  const [since] = useState(openedAt);
  const [before, setBefore] = useState<Operation[] | null>(null);
  if (data && !before) setBefore(data);
  const { openId, open, close } = useOverPage();
  const shown = noticed(data ?? [], before ?? [], since);
  const isUnavailable = error !== null && !isSignedOut(error);
  return (
    <>
      <div aria-live="polite" className="space-y-3 not-empty:mt-6">
        {isUnavailable && (
          <Notice tone="warn">
            <p>{shown.length > 0 ? t('outdated', { when: timeOf(dataUpdatedAt) }) : t('unavailable')}</p>
          </Notice>
        )}
        {shown.map((operation) => (
          <Noticed key={operation.id} operation={operation} onOpen={open} />
        ))}
      </div>
      {openId && <OperationDrawer operation={data?.find(({ id }) => id === openId)} onClose={close} />}
    </>
  );
}

function Noticed({ operation, onOpen }: { operation: Operation; onOpen: (id: string) => void }) {
  const t = useTranslations('operations');
  const language = useLocale();
  const { happened, meaning } = useOperationWords()(operation);
  const { id, status } = operation;
  return (
    <div
      aria-atomic
      className="rounded-card border border-border bg-card p-4 shadow-card flex flex-wrap items-center gap-x-4 gap-y-1"
    >
      <span className="font-medium">
        <OperationStatus status={status} label={happened} />
      </span>
      <span className="text-sm tabular-nums [overflow-wrap:anywhere]">{formatPair(operation, language)}</span>
      <Link
        href={operationHref(id)}
        prefetch={false}
        onClick={(event) => opensHere(event) && onOpen(id)}
        aria-label={t('viewNamed', { what: happened })}
        className="ml-auto inline-flex min-h-9 items-center text-primary text-sm underline underline-offset-4"
      >
        {t('view')}
      </Link>
      <p className="basis-full text-muted-foreground text-sm">{meaning}</p>
    </div>
  );
}
