import { Ban, CircleAlert, CircleCheck, CircleDashed } from 'lucide-react';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { formatDate } from '@/lib/date-format';
import type { QueueLine } from '@/lib/operator/queues';
import type { Standing } from '@/lib/operator/standing';
import { cn } from '@/lib/utils';

/** Lists the customers of a queue: who, in which state, since when, and what to do. */
export function CustomerList({ lines, label }: { lines: QueueLine[]; label: string }) {
  const t = useTranslations('operatorQueues');
  const language = useLocale();
  if (lines.length === 0) return <p className="py-4 text-muted-foreground">{t('nobody')}</p>;
  return (
    <ul aria-label={label} className="divide-y divide-border">
      {lines.map(({ userId, name, email, standing, matter, since }) => (
        <li
          key={`${userId} ${matter}`}
          className="grid grid-cols-1 items-center gap-x-6 gap-y-1 py-4 sm:grid-cols-[1fr_12rem] lg:grid-cols-[1fr_12rem_13rem_16rem]"
        >
          <div className="min-w-0 [overflow-wrap:anywhere]">
            <Link
              href={`/operator/customers/${userId}`}
              prefetch={false}
              className="inline-flex min-h-11 items-center font-medium text-primary underline"
            >
              {name ?? email ?? t('nameless')}
            </Link>
            {name && <p className="text-muted-foreground text-sm">{email ?? t('noAddress')}</p>}
          </div>
          <StandingBadge standing={standing} />
          <p className="text-muted-foreground text-sm">
            {t(`since.${matter === 'none' ? 'account' : 'matter'}`, {
              when: formatDate(since, language, {
                dateStyle: 'medium',
                ...(matter === 'none' ? {} : { timeStyle: 'short' }),
              }),
            })}
          </p>
          <p className="text-sm">
            {matter !== 'none' && t(`todo.${matter === 'undecided' ? todoOf(standing) : matter}`)}
          </p>
        </li>
      ))}
    </ul>
  );
}

function todoOf(standing: Standing): 'rejected' | 'conflict' {
  return standing === 'rejected' ? 'rejected' : 'conflict';
}

const STYLES: Partial<Record<Standing, { Icon: typeof Ban; colour: string }>> = {
  'sign-in-blocked': { Icon: Ban, colour: 'text-destructive' },
  deleted: { Icon: Ban, colour: 'text-muted-foreground' },
  conflict: { Icon: CircleAlert, colour: 'text-warning' },
  rejected: { Icon: CircleAlert, colour: 'text-warning' },
  blocked: { Icon: CircleAlert, colour: 'text-warning' },
  ready: { Icon: CircleCheck, colour: 'text-success' },
};

/** Shows a state as text with an icon, since colour alone is not enough (WCAG 1.4.1). */
function StandingBadge({ standing }: { standing: Standing }) {
  const t = useTranslations('operatorQueues');
  const { Icon, colour } = STYLES[standing] ?? { Icon: CircleDashed, colour: 'text-muted-foreground' };
  return (
    <span className={cn('inline-flex items-center gap-1.5 font-medium text-sm', colour)}>
      <Icon aria-hidden className="size-4 shrink-0" />
      {t(`standings.${standing}`)}
    </span>
  );
}
