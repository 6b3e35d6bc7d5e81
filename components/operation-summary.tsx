import { useFormatter, useLocale } from 'next-intl';
import { formatAmount } from '@/lib/money/format';
import type { Operation } from '@/lib/wallet/operations-schema';
import { useOperationLabels } from './operation-labels';
import { OperationStatus } from './operation-status';

/** Shows an operation in two lines: type and time, amount and status. */
export function OperationSummary({ operation }: { operation: Operation }) {
  const { typeLabel } = useOperationLabels();
  const format = useFormatter();
  const locale = useLocale();
  const { type, status, targetAsset, targetAmount, sourceAsset, sourceAmount, createdAt } = operation;
  const [amount, asset] = targetAmount ? [targetAmount, targetAsset] : [sourceAmount, sourceAsset];
  return (
    <span className="flex items-start justify-between gap-4">
      <span className="min-w-0 flex-1">
        <span className="block font-medium">{typeLabel(type)}</span>
        {createdAt && (
          // The browser's data of a language can differ from the server's.
          <time dateTime={createdAt} suppressHydrationWarning className="block text-muted-foreground text-sm">
            {format.dateTime(new Date(createdAt), { dateStyle: 'medium', timeStyle: 'short' })}
          </time>
        )}
      </span>
      <span className="max-w-[60%] text-right">
        <span className="block font-medium tabular-nums [overflow-wrap:anywhere]">
          {amount && formatAmount(amount, locale)} {asset}
        </span>
        <OperationStatus status={status} />
      </span>
    </span>
  );
}
