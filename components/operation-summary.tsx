import { useLocale } from 'next-intl';
import { formatDate } from '@/lib/date-format';
import { assetName } from '@/lib/money/assets';
import { formatMoney } from '@/lib/money/format';
import { cn } from '@/lib/utils';
import type { Operation } from '@/lib/wallet/operations-schema';
import { AssetMark } from './asset-mark';
import { OperationStatus } from './operation-status';
import { useOperationWords } from './operation-words';

/** Shows an operation in two lines: what and when, amount and status. */
export function OperationSummary({ operation }: { operation: Operation }) {
  const words = useOperationWords()(operation);
  const language = useLocale();
  const { status, targetAsset, targetAmount, sourceAsset, sourceAmount, createdAt } = operation;
  const [amount, asset] = targetAmount ? [targetAmount, targetAsset] : [sourceAmount, sourceAsset];
  return (
    <span className="flex items-start justify-between gap-4">
      {/* A phone needs the room for the amount. */}
      {asset && (
        <span className="mt-0.5 max-sm:hidden">
          <AssetMark code={asset} />
        </span>
      )}
      <span className="min-w-0 flex-1">
        <span className="block font-medium">
          {asset ? `${words.type} · ${assetName(asset, language)}` : words.type}
        </span>
        {createdAt && (
          // The browser's data of a language can differ from the server's.
          <time dateTime={createdAt} suppressHydrationWarning className="block text-muted-foreground text-sm">
            {formatDate(createdAt, language)}
          </time>
        )}
      </span>
      <span className="max-w-[60%] text-right">
        <span
          className={cn(
            'block font-medium tabular-nums [overflow-wrap:anywhere]',
            status === 'Declined' && 'text-muted-foreground',
          )}
        >
          {amount && formatMoney(amount, asset, language)}
        </span>
        <OperationStatus status={status} label={words.status} />
      </span>
    </span>
  );
}
