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
              className="flex min-h-11 items-center gap-2 rounded-control border border-transparent px-3 text-muted-foreground hover:bg-muted hover:text-foreground aria-[current=page]:border-primary aria-[current=page]:bg-primary-soft aria-[current=page]:font-medium aria-[current=page]:text-primary"
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
