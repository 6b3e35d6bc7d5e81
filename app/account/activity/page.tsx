import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { Activity } from '@/components/activity';
import { ClientMessages } from '@/components/client-messages';
import { Interruption } from '@/components/interruption';
import { NextStep } from '@/components/next-step';
import { OPERATION_PARAM, operationHref } from '@/components/operation-address';
import { PageHeading } from '@/components/page-heading';
import { QueryProvider } from '@/components/query-provider';
import { Notice } from '@/components/ui/notice';
import { requireUser } from '@/lib/auth/session';
import { brand } from '@/lib/brand/brand';
import { config } from '@/lib/config/config';
import { walletOf } from '@/lib/customers/state';
import { interruptible } from '@/lib/pages/interruptible';
import { operationFilter, operationId } from '@/lib/wallet/filter-schema';
import { lastKnown } from '@/lib/wallet/last-known';

type Search = Promise<Record<string, string | string[] | undefined>>;

async function ActivityPage({ searchParams }: { searchParams: Search }) {
  const search = await searchParams;
  // A link to an operation leads to it after sign-in too.
  const linked = operationId(search[OPERATION_PARAM]);
  const { userId, customer } = await requireUser(linked ? operationHref(linked) : '/account/activity');
  const t = await getTranslations('activity');
  const walletId = walletOf(customer);
  const { statements } = config().offers;
  return (
    <div className="mx-auto max-w-5xl">
      <PageHeading title={t('title')} intro={t('intro')} />
      {search.export === 'failed' && (
        <Notice tone="bad" alert className="mb-6">
          <p>{t('exportFailed')}</p>
        </Notice>
      )}
      <QueryProvider>
        {walletId ? (
          <>
            <ClientMessages of={{ activity: ['file'], operations: [], ui: [] }}>
              <Activity initial={operationFilter.parse(search)} known={lastKnown(walletId).operations} />
            </ClientMessages>
            <p className="mt-4 text-muted-foreground text-sm">{t('zone', { zone: brand.timeZone })}</p>
            {statements && (
              <p className="mt-4">
                <Link href="/account/activity/statement" prefetch={false} className="text-primary underline">
                  {t('statement')}
                </Link>
              </p>
            )}
          </>
        ) : (
          <NextStep userId={userId} customer={customer} />
        )}
      </QueryProvider>
    </div>
  );
}

export default interruptible(ActivityPage, Interruption, 'activity.page');
