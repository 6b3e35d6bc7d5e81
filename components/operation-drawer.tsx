'use client';

import { useFormatter, useLocale, useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { CopyValue } from '@/components/ui/copy-value';
import { Drawer } from '@/components/ui/drawer';
import { formatAmount } from '@/lib/money/format';
import { isUnfinished, type Operation } from '@/lib/wallet/operations-schema';
import { useOperationLabels } from './operation-labels';
import { OperationStatus } from './operation-status';

/** Shows one operation in full, with ids to copy for a question to support. */
export function OperationDrawer({ operation, onClose }: { operation: Operation; onClose: () => void }) {
  const t = useTranslations('activity');
  const { typeLabel } = useOperationLabels();
  const format = useFormatter();
  const {
    id,
    walletId,
    type,
    status,
    createdAt,
    updatedAt,
    sourceAsset,
    sourceAmount,
    targetAsset,
    targetAmount,
    fee,
  } = operation;
  const outcome = outcomeOf(operation);
  const dateTime = (time: string) => format.dateTime(new Date(time), { dateStyle: 'long', timeStyle: 'medium' });
  return (
    <Drawer title={typeLabel(type)} closeLabel={t('close')} onClose={onClose}>
      <dl className="divide-y divide-border">
        <Row name={t('status')}>
          <span aria-live="polite">
            <OperationStatus status={status} />
          </span>
          {isUnfinished(operation) && <span className="block text-muted-foreground text-sm">{t('updates')}</span>}
          {outcome === 'declined' && <span className="block text-muted-foreground text-sm">{t('declined')}</span>}
        </Row>
        <Amount name={t(`amounts.${outcome}.paid`)} amount={sourceAmount} asset={sourceAsset} />
        <Amount name={t(`amounts.${outcome}.received`)} amount={targetAmount} asset={targetAsset} />
        {/* KunaCore does not document the asset of a fee. */}
        <Amount name={t('fee')} amount={fee} asset={null} />
        {createdAt && <Row name={t('created')}>{dateTime(createdAt)}</Row>}
        {updatedAt && <Row name={t('updated')}>{dateTime(updatedAt)}</Row>}
        <Row name={t('operationId')}>
          <CopyValue label={t('operationId')} value={id} />
        </Row>
        <Row name={t('walletId')}>
          <CopyValue label={t('walletId')} value={walletId} />
        </Row>
      </dl>
      <p className="mt-auto text-muted-foreground text-sm">{t('idsHint')}</p>
    </Drawer>
  );
}

/** Selects the labels: only a completed operation has been paid and received. */
function outcomeOf(operation: Operation): 'completed' | 'declined' | 'unfinished' {
  if (operation.status === 'Completed') return 'completed';
  return operation.status === 'Declined' ? 'declined' : 'unfinished';
}

function Amount({ name, amount, asset }: { name: string; amount: string | null; asset: string | null }) {
  const locale = useLocale();
  if (!amount) return null;
  return (
    <Row name={name}>
      <span className="tabular-nums [overflow-wrap:anywhere]">
        {formatAmount(amount, locale)} {asset}
      </span>
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
