import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { Interruption } from '@/components/interruption';
import { CustomerList } from '@/components/operator/customer-list';
import { TooMany } from '@/components/operator/too-many';
import { PageHeading } from '@/components/page-heading';
import { buttonStyle } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { requireOperator } from '@/lib/auth/session';
import { recordShown, withinLimit } from '@/lib/operator/read';
import { listWaiting } from '@/lib/operator/review';
import { interruptible } from '@/lib/pages/interruptible';
import { getServices } from '@/lib/services';

type Search = Promise<Record<string, string | string[] | undefined>>;

async function QueuePage({ searchParams }: { searchParams: Search }) {
  const operator = await requireOperator('/operator/review');
  if (!(await withinLimit(operator))) return <TooMany />;
  const requested = String((await searchParams).after ?? '');
  const after = /^\d{1,16}_[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(requested) ? requested : null;
  const services = await getServices();
  const { lines, next } = await listWaiting(services, after);
  await recordShown(services, operator, { object: 'review-queue', results: lines.length });
  const t = await getTranslations('review');
  const navigation = await getTranslations('operator.navigation');
  return (
    <>
      <PageHeading title={t('queue')} intro={t('queueIntro')} />
      <div className="space-y-6">
        <Card aria-label={t('queue')} className="py-2 sm:py-3">
          <CustomerList lines={lines} label={t('queue')} />
        </Card>
        <p className="flex flex-wrap items-center gap-x-6 gap-y-2">
          {next && (
            <Link
              href={`/operator/review?after=${next}`}
              prefetch={false}
              className={buttonStyle({ variant: 'secondary' })}
            >
              {t('next')}
            </Link>
          )}
          <Link href="/operator" prefetch={false} className="text-primary underline">
            {navigation('customers')}
          </Link>
        </p>
      </div>
    </>
  );
}

export default interruptible(QueuePage, Interruption, 'review.queue');
