import type { Metadata } from 'next';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { Interruption } from '@/components/interruption';
import { CustomerList } from '@/components/operator/customer-list';
import { FindCustomer } from '@/components/operator/find-customer';
import { ReviewLink } from '@/components/operator/review-link';
import { TooMany } from '@/components/operator/too-many';
import { PageHeading } from '@/components/page-heading';
import { buttonStyle } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { requireOperator } from '@/lib/auth/session';
import { listCustomers } from '@/lib/operator/customers';
import { recordShown, withinLimit } from '@/lib/operator/read';
import { countWaiting } from '@/lib/operator/review';
import { interruptible } from '@/lib/pages/interruptible';
import { getServices } from '@/lib/services';
import { findByAddress } from './actions';
import { findLabels } from './find-labels';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('operator'))('page') };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

async function OperatorPage({ searchParams }: { searchParams: Search }) {
  const operator = await requireOperator('/operator');
  if (!(await withinLimit(operator))) return <TooMany />;
  const requested = String((await searchParams).page ?? '');
  const page = /^\d{1,5}$/.test(requested) ? Number(requested) : 0;
  const services = await getServices();
  const { lines, more } = await listCustomers(services, page);
  await recordShown(services, operator, { object: 'customers', page, results: lines.length });
  const t = await getTranslations('operator');
  return (
    <>
      <PageHeading title={t('title')} intro={t('intro')} />
      <div className="space-y-6">
        <ReviewLink waiting={await countWaiting(services)} />
        <FindCustomer action={findByAddress} labels={await findLabels()} />
        <Card aria-label={t('title')} className="py-2 sm:py-3">
          <CustomerList lines={lines} />
        </Card>
        <div className="flex gap-3">
          {page > 0 && (
            <Link
              href={`/operator?page=${page - 1}`}
              prefetch={false}
              className={buttonStyle({ variant: 'secondary' })}
            >
              {t('newer')}
            </Link>
          )}
          {more && (
            <Link
              href={`/operator?page=${page + 1}`}
              prefetch={false}
              className={buttonStyle({ variant: 'secondary' })}
            >
              {t('older')}
            </Link>
          )}
        </div>
      </div>
    </>
  );
}

export default interruptible(OperatorPage, Interruption);
