import type { Metadata } from 'next';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { ClientMessages } from '@/components/client-messages';
import { DoneNotice } from '@/components/done-notice';
import { Holdings } from '@/components/holdings';
import { Interruption } from '@/components/interruption';
import { LatestOperations } from '@/components/latest-operations';
import { NextStep } from '@/components/next-step';
import { PageHeading } from '@/components/page-heading';
import { QueryProvider } from '@/components/query-provider';
import { ReturnNotice } from '@/components/return-notice';
import { Notice } from '@/components/ui/notice';
import { SubmitButton } from '@/components/ui/submit-button';
import { requireUser } from '@/lib/auth/session';
import { brand } from '@/lib/brand/brand';
import { readReturn } from '@/lib/customers/review';
import { walletOf } from '@/lib/customers/state';
import { takeDone } from '@/lib/pages/done';
import { interruptible } from '@/lib/pages/interruptible';
import { browserPreferences } from '@/lib/preferences/current';
import { getServices } from '@/lib/services';
import { isOperator } from '@/lib/sessions/role';
import { endAuthorisation, openWidget } from './actions';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('account'))('page') };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

async function AccountPage({ searchParams }: { searchParams: Search }) {
  const session = await requireUser('/account');
  const { customer } = session;
  const done = await takeDone(session, '/account');
  const t = await getTranslations('account');
  const { currency = brand.currency } = await browserPreferences();
  // A blocked wallet still shows its balances.
  const hasWallet = walletOf(customer) !== null;
  return (
    <>
      <PageHeading title={t('title')} intro={t('greeting', { email: session.email })} />
      <DoneNotice done={done} />
      {(await searchParams).unconfirmed !== undefined && (
        <Notice tone="bad" alert className="mb-6">
          <p>{t('unconfirmed')}</p>
          <form action={endAuthorisation}>
            <SubmitButton variant="secondary" pendingLabel={t('ending')}>
              {t('endAgain')}
            </SubmitButton>
          </form>
        </Notice>
      )}
      {isOperator(session) && (
        <Notice className="mb-6">
          <Link href="/operator" prefetch={false} className="font-semibold text-primary underline">
            {t('supportConsole')}
          </Link>
        </Notice>
      )}
      {session.review === 'returned' && (
        <div className="mb-6">
          <ReturnNotice
            why={await readReturn(await getServices(), session.userId)}
            isEdit={customer.state !== 'returned'}
          />
        </div>
      )}
      <QueryProvider>
        <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[2fr_3fr]">
          <ClientMessages of={hasWallet ? { holdings: [], operations: [] } : {}}>
            <div className="grid grid-cols-1 gap-6">
              <NextStep customer={customer} openAction={openWidget} />
              {hasWallet && <LatestOperations />}
            </div>
            {hasWallet && <Holdings currency={currency} />}
          </ClientMessages>
        </div>
      </QueryProvider>
    </>
  );
}

export default interruptible(AccountPage, Interruption);
