import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { Activity } from '@/components/activity';
import { ClientMessages } from '@/components/client-messages';
import { Interruption } from '@/components/interruption';
import { NextStep } from '@/components/next-step';
import { PageHeading } from '@/components/page-heading';
import { QueryProvider } from '@/components/query-provider';
import { Notice } from '@/components/ui/notice';
import { requireUser } from '@/lib/auth/session';
import { brand } from '@/lib/brand/brand';
import { walletOf } from '@/lib/customers/state';
import { interruptible } from '@/lib/pages/interruptible';
import { operationFilter } from '@/lib/wallet/filter-schema';
import { lastKnown } from '@/lib/wallet/last-known';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('activity'))('page') };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

async function ActivityPage({ searchParams }: { searchParams: Search }) {
  const session = await requireUser('/account/activity');
  const { customer } = session;
  const search = await searchParams;
  const t = await getTranslations('activity');
  const walletId = walletOf(customer);
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
          </>
        ) : (
          <NextStep customer={customer} />
        )}
      </QueryProvider>
    </div>
  );
}

export default interruptible(ActivityPage, Interruption);
