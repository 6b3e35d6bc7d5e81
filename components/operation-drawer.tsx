'use client';

import { useLocale, useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { buttonStyle } from '@/components/ui/button';
import { CopyValue } from '@/components/ui/copy-value';
import { Drawer } from '@/components/ui/drawer';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import { formatDate } from '@/lib/date-format';
import { assetName } from '@/lib/money/assets';
import { formatMoney } from '@/lib/money/format';
import { cn } from '@/lib/utils';
import { formatFee, outcomeOf } from '@/lib/wallet/operation-words';
import type { Operation } from '@/lib/wallet/operations-schema';
import { OperationStatus } from './operation-status';
import { useOperationWords } from './operation-words';
import { usePageTexts } from './page-texts';

interface OperationDrawerProps {
  /** Null where the customer has no such operation, undefined while it is not known. */
  operation: Operation | null | undefined;
  /** KunaCore cannot tell. */
  isUnavailable?: boolean;
  onClose: () => void;
}

/** Shows one operation in full, with ids to copy for a question to support. */
export function OperationDrawer({ operation, isUnavailable = false, onClose }: OperationDrawerProps) {
  const t = useTranslations('activity');
  const { hasReceipts } = usePageTexts();
  const wordsOf = useOperationWords();
  return (
    <Drawer title={operation ? wordsOf(operation).type : t('operation')} closeLabel={t('close')} onClose={onClose}>
      {operation ? (
        <>
          <Details operation={operation} />
          {hasReceipts && (
            <a
              href={`/account/activity/receipt?${new URLSearchParams({ operation: operation.id })}`}
              className={buttonStyle({ variant: 'secondary' })}
            >
              {t(outcomeOf(operation) === 'completed' ? 'receipt' : 'record')}
            </a>
          )}
          <p className="mt-auto text-muted-foreground text-sm">{t('idsHint')}</p>
        </>
      ) : (
        <div role="status" className="space-y-4">
          {operation === null ? <NotFound /> : isUnavailable ? <Unavailable /> : <Loading />}
        </div>
      )}
    </Drawer>
  );
}

function Details({ operation }: { operation: Operation }) {
  const t = useTranslations('activity');
  const tOperations = useTranslations('operations');
  const language = useLocale();
  const words = useOperationWords()(operation);
  const { id, walletId, status, createdAt, updatedAt, fee } = operation;
  const isDeclined = outcomeOf(operation) === 'declined';
  const dateTime = (time: string) => formatDate(time, language, { dateStyle: 'long', timeStyle: 'medium' });
  return (
    <dl className="divide-y divide-border">
      <Row name={t('status')}>
        <div aria-live="polite">
          <OperationStatus status={status} label={words.status} />
          <p className="mt-1 text-sm">{words.meaning}</p>
        </div>
      </Row>
      <Amount name={words.paid} amount={operation.sourceAmount} asset={operation.sourceAsset} muted={isDeclined} />
      <Amount name={words.received} amount={operation.targetAmount} asset={operation.targetAsset} muted={isDeclined} />
      {/* Where nothing was bought, a fee would read as charged. */}
      {fee && !isDeclined && <Row name={words.fee}>{formatFee(tOperations, fee, language)}</Row>}
      {createdAt && <Row name={t('created')}>{dateTime(createdAt)}</Row>}
      {updatedAt && <Row name={t('updated')}>{dateTime(updatedAt)}</Row>}
      <Row name={t('operationId')}>
        <CopyValue label={t('operationId')} value={id} />
      </Row>
      <Row name={t('walletId')}>
        <CopyValue label={t('walletId')} value={walletId} />
      </Row>
    </dl>
  );
}

function NotFound() {
  const t = useTranslations('activity');
  return (
    <>
      <p className="font-medium">{t('notFound')}</p>
      <p className="text-muted-foreground">{t('notFoundHint')}</p>
    </>
  );
}

function Unavailable() {
  const t = useTranslations('activity');
  return (
    <Notice tone="warn">
      <p>{t('unavailable')}</p>
    </Notice>
  );
}

function Loading() {
  const t = useTranslations('activity');
  return (
    <>
      <span className="sr-only">{t('loading')}</span>
      {['a', 'b', 'c'].map((row) => (
        <Skeleton key={row} className="h-12 w-full" />
      ))}
    </>
  );
}

interface AmountProps {
  name: string;
  amount: string | null;
  asset: string | null;
  muted: boolean;
}

function Amount({ name, amount, asset, muted }: AmountProps) {
  const language = useLocale();
  if (!amount) return null;
  const fullName = asset && assetName(asset, language);
  return (
    <Row name={name}>
      <span className={cn('tabular-nums [overflow-wrap:anywhere]', muted && 'text-muted-foreground')}>
        {formatMoney(amount, asset, language)}
      </span>
      {fullName && fullName !== asset && <span className="text-muted-foreground text-sm"> · {fullName}</span>}
    </Row>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid gap-0.5 py-3">
      <dt className="text-muted-foreground text-sm">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
