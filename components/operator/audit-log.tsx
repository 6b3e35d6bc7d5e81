import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import type { AuditLine } from '@/lib/audit/read';
import { formatDate } from '@/lib/date-format';

/** Lists entries of the audit log as they are stored. */
export function AuditLog({ lines, label }: { lines: AuditLine[]; label: string }) {
  const t = useTranslations('operator.auditLog');
  const language = useLocale();
  if (lines.length === 0) return <p className="py-4 text-muted-foreground">{t('none')}</p>;
  return (
    <ol aria-label={label} className="divide-y divide-border text-sm">
      {lines.map(({ id, seq, at, event, actor, subject, facts, requestId }) => (
        <li key={id} className="grid grid-cols-1 gap-x-6 gap-y-1 py-3 sm:grid-cols-[4rem_12rem_1fr]">
          <span className="text-muted-foreground tabular-nums">{seq ?? t('unsealed')}</span>
          <time dateTime={at.toISOString()} className="text-muted-foreground">
            {formatDate(at, language, { dateStyle: 'medium', timeStyle: 'medium' })}
          </time>
          <div className="min-w-0 space-y-1 [overflow-wrap:anywhere]">
            <p>
              <span className="font-medium">{event}</span> {describeFacts(facts)}
            </p>
            <p className="text-muted-foreground">
              {actor}
              {subject && actor !== `user:${subject}` && (
                <>
                  {' → '}
                  <Link href={`/operator/customers/${subject}`} prefetch={false} className="underline">
                    {subject}
                  </Link>
                </>
              )}
            </p>
            {requestId && <p className="text-muted-foreground">{t('request', { id: requestId })}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}

function describeFacts(facts: AuditLine['facts']): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
