import Link from 'next/link';
import { useFormatter, useTranslations } from 'next-intl';
import type { CustomerLine } from '@/lib/operator/customers';

/** Lists customers with their state. */
export function CustomerList({ lines }: { lines: CustomerLine[] }) {
  const t = useTranslations('operator');
  const format = useFormatter();
  if (lines.length === 0) return <p className="py-4 text-muted-foreground">{t('noCustomers')}</p>;
  return (
    <ul className="divide-y divide-border">
      {lines.map((line) => (
        <li key={line.userId} className="flex flex-wrap items-center gap-x-6 gap-y-1 py-4">
          <Link
            href={`/operator/customers/${line.userId}`}
            prefetch={false}
            className="min-w-0 flex-1 basis-64 font-medium text-primary underline [overflow-wrap:anywhere]"
          >
            {line.email ?? t('noAddress')}
          </Link>
          <span className="text-sm">{t(`states.${line.state}`)}</span>
          {line.blocked && <span className="font-medium text-destructive text-sm">{t('blocked')}</span>}
          {line.pendingRevocations > 0 && (
            <span className="font-medium text-sm text-warning">{t('pending', { count: line.pendingRevocations })}</span>
          )}
          <span className="text-muted-foreground text-sm">
            {format.dateTime(line.createdAt, { dateStyle: 'medium' })}
          </span>
        </li>
      ))}
    </ul>
  );
}
