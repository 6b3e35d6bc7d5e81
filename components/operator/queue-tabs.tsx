import Link from 'next/link';
import { useFormatter, useTranslations } from 'next-intl';
import { COUNTED, QUEUES, type Queue } from '@/lib/operator/queue-names';

/** Links to the queues, each with the number of its lines. */
export function QueueTabs({ counts, current }: { counts: Record<Queue, number>; current: Queue }) {
  const t = useTranslations('operatorQueues');
  const format = useFormatter();
  const shown = (count: number) =>
    count > COUNTED ? t('many', { count: format.number(COUNTED) }) : format.number(count);
  return (
    <nav aria-label={t('label')}>
      <ul className="flex flex-wrap gap-1">
        {QUEUES.map((queue) => (
          <li key={queue}>
            <Link
              href={`/operator?queue=${queue}`}
              prefetch={false}
              aria-current={queue === current ? 'page' : undefined}
              className="tab-link"
            >
              {t(`names.${queue}`)} <span className="tabular-nums">{shown(counts[queue])}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
