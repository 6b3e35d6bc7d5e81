import { headers } from 'next/headers';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { Assets } from '@/components/assets';
import { Balance } from '@/components/balance';
import { ClientMessages } from '@/components/client-messages';
import { DoneNotice } from '@/components/done-notice';
import { GoodToKnow } from '@/components/good-to-know';
import { Happening } from '@/components/happening';
import { hasNothing, type Known } from '@/components/holdings-query';
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
import type { Currency } from '@/lib/choices';
import { firstNameOf } from '@/lib/customers/first-name';
import { readReturn } from '@/lib/customers/review';
import { walletOf } from '@/lib/customers/state';
import { shortAddress } from '@/lib/email-address';
import { takeDone } from '@/lib/pages/done';
import { interruptible } from '@/lib/pages/interruptible';
import { browserPreferences } from '@/lib/preferences/current';
import { getServices } from '@/lib/services';
import type { LiveSession } from '@/lib/sessions/find';
import { isOperator } from '@/lib/sessions/role';
import { toHoldings } from '@/lib/wallet/holdings';
import { lastKnown } from '@/lib/wallet/last-known';
import { endAuthorisation, openWidget } from './actions';

type Search = Promise<Record<string, string | string[] | undefined>>;

/** A new customer starts with the details instead of an empty overview, on the way to the widget. */
async function AccountPage({ searchParams }: { searchParams: Search }) {
  const session = await requireUser('/account');
  const { customer } = session;
  if (customer.state === 'details-missing' && !isOperator(session) && (await isFirstPage()))
    redirect('/account/details?then=buy');
  const services = await getServices();
  const done = await takeDone(session, '/account');
  const t = await getTranslations('account');
  const { currency = brand.currency } = await browserPreferences();
  const name = await firstNameOf(services, session);
  const why = session.review === 'returned' && (await readReturn(services, session.userId));
  const known = whatIsKnown(session, currency);
  return (
    <>
      <PageHeading
        title={name ? t('hello', { name }) : t('title')}
        intro={t('greeting', { email: shortAddress(session.email) })}
      />
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
      <QueryProvider>
        <ClientMessages of={known ? { holdings: [], operations: [] } : {}}>
          <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[3fr_2fr]">
            <div className="grid min-w-0 grid-cols-1 gap-6">
              {known && (
                <Balance state={customer.state} currency={currency} known={known}>
                  {customer.state === 'ready' && (
                    <form action={openWidget}>
                      <SubmitButton width="full" pendingLabel={t('opening')}>
                        {t('buy')}
                      </SubmitButton>
                    </form>
                  )}
                </Balance>
              )}
              {known && <Happening known={known} />}
              {why !== false && <ReturnNotice why={why} isEdit={customer.state !== 'returned'} />}
              {session.review === 'waiting' && customer.state === 'ready' && (
                <Notice>
                  <p>{t('editInReview')}</p>
                </Notice>
              )}
              <NextStep userId={session.userId} customer={customer} known={known} />
              {known && <Assets known={known} />}
            </div>
            <div className="grid min-w-0 grid-cols-1 gap-6">
              {known && <LatestOperations known={known} />}
              <GoodToKnow texts={await goodToKnow()} />
            </div>
          </div>
        </ClientMessages>
      </QueryProvider>
    </>
  );
}

/**
 * Reports whether the browser opens the portal with this page, as after a sign-in. A link of the account requests it by
 * script.
 */
async function isFirstPage(): Promise<boolean> {
  return (await headers()).get('sec-fetch-dest') === 'document';
}

/** Returns what is known of a wallet without asking KunaCore. A blocked wallet still shows its balances. */
function whatIsKnown({ customer, epoch, authorisation }: LiveSession, currency: Currency): Known | undefined {
  const walletId = walletOf(customer);
  if (!walletId) return undefined;
  const { figures } = lastKnown(walletId);
  const holdings = figures && { ...toHoldings(figures, currency), customer: customer.state };
  // Without figures: a person who has never seen the widget has bought nothing.
  return { holdings, isNew: holdings ? hasNothing(holdings) : epoch === 0 && authorisation.state === 'none' };
}

async function goodToKnow() {
  const t = await getTranslations('account.goodToKnow');
  const answers = (['fees', 'sell', 'safe'] as const).map((about) => ({
    question: t(`${about}.question`),
    answer: t(`${about}.answer`, { brand: brand.name }),
  }));
  return { title: t('title'), answers, help: t('help') };
}

export default interruptible(AccountPage, Interruption, 'account.page');
