import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { QUEUES, type Queue } from '@/lib/operator/queue-names';
import { Count } from './count';

/** Links to the queues, each with the number of its lines. */
export function QueueTabs({ counts, current }: { counts: Record<Queue, number>; current: Queue }) {
  const t = useTranslations('operatorQueues');
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
              {t(`names.${queue}`)}{' '}
              <span className="tabular-nums">
                <Count of={counts[queue]} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
