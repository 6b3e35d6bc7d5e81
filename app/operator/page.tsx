import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { Interruption } from '@/components/interruption';
import { CustomerList } from '@/components/operator/customer-list';
import { QueueTabs } from '@/components/operator/queue-tabs';
import { ReviewLink } from '@/components/operator/review-link';
import { TooMany } from '@/components/operator/too-many';
import { PageHeading } from '@/components/page-heading';
import { buttonStyle } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { requireOperator } from '@/lib/auth/session';
import { QUEUES, type Queue } from '@/lib/operator/queue-names';
import { countQueues, readQueue } from '@/lib/operator/queues';
import { recordShown, withinLimit } from '@/lib/operator/read';
import { countWaiting } from '@/lib/operator/review';
import { interruptible } from '@/lib/pages/interruptible';
import { getServices } from '@/lib/services';

type Search = Promise<Record<string, string | string[] | undefined>>;

async function OperatorPage({ searchParams }: { searchParams: Search }) {
  const operator = await requireOperator('/operator');
  if (!(await withinLimit(operator))) return <TooMany />;
  const search = await searchParams;
  const queue: Queue = QUEUES.find((known) => known === search.queue) ?? 'needs-us';
  const after = typeof search.after === 'string' ? search.after : null;
  const services = await getServices();
  const [counts, { lines, next }] = await Promise.all([countQueues(services), readQueue(services, queue, after)]);
  await recordShown(services, operator, { object: 'customers', filter: queue, results: lines.length });
  const t = await getTranslations('operatorQueues');
  return (
    <>
      <PageHeading title={t('title')} intro={t(`intros.${queue}`)} />
      <div className="space-y-6">
        <ReviewLink waiting={await countWaiting(services)} />
        <QueueTabs counts={counts} current={queue} />
        <Card aria-label={t(`names.${queue}`)} className="py-2 sm:py-3">
          <CustomerList lines={lines} label={t(`names.${queue}`)} />
        </Card>
        <div className="flex gap-3">
          {after && (
            <Link href={`/operator?queue=${queue}`} prefetch={false} className={buttonStyle({ variant: 'secondary' })}>
              {t('first')}
            </Link>
          )}
          {next && (
            <Link
              href={`/operator?queue=${queue}&after=${next}`}
              prefetch={false}
              className={buttonStyle({ variant: 'secondary' })}
            >
              {t('next')}
            </Link>
          )}
        </div>
      </div>
    </>
  );
}

export default interruptible(OperatorPage, Interruption, 'operator.page');
