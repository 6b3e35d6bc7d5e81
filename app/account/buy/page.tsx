import Link from 'next/link';
import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { preconnect } from 'react-dom';
import { endAuthorisation, openWidget } from '@/app/account/actions';
import { ClientMessages } from '@/components/client-messages';
import { Interruption } from '@/components/interruption';
import { NextStep } from '@/components/next-step';
import { PageHeading } from '@/components/page-heading';
import { PurchaseWatch } from '@/components/purchase-watch';
import { QueryProvider } from '@/components/query-provider';
import { buttonStyle } from '@/components/ui/button';
import { SubmitButton } from '@/components/ui/submit-button';
import { WidgetFrame } from '@/components/widget-frame';
import { WidgetHeading } from '@/components/widget-heading';
import { WidgetHelp } from '@/components/widget-help';
import { requireUser, signInAgainPath } from '@/lib/auth/session';
import { config } from '@/lib/config/config';
import { frameAllow } from '@/lib/http/security-headers';
import { interruptible } from '@/lib/pages/interruptible';
import { mustSignInToBuy } from '@/lib/sessions/step-up';

async function BuyPage() {
  const session = await requireUser('/account/buy');
  const { customer, epoch } = session;
  const t = await getTranslations('buy');
  if (customer.state !== 'ready') {
    return (
      <div className="mx-auto max-w-2xl">
        <PageHeading title={t('title')} />
        <QueryProvider>
          <NextStep userId={session.userId} customer={customer} />
        </QueryProvider>
      </div>
    );
  }
  if (mustSignInToBuy(session, config())) redirect(signInAgainPath('/account/buy'));
  const { widget } = config();
  preconnect(widget.origin);
  return (
    <div data-widget-page className="mx-auto max-w-4xl">
      <WidgetHeading title={t('title')} intro={t('intro')} />
      <QueryProvider>
        <ClientMessages
          of={{
            buy: ['page', 'title', 'intro', 'back', 'end', 'ending'],
            operations: [],
            activity: ['page', 'title', 'intro', 'filters', 'export', 'exportFailed', 'file', 'zone', 'nothingYetHint'],
            ui: [],
          }}
        >
          <WidgetFrame
            // "Continue" after an end leads here in the next epoch, with a new iframe. A refresh in place keeps the iframe.
            key={epoch}
            visit={crypto.randomUUID()}
            src="/account/buy/frame"
            tab="/account/buy/tab"
            widgetOrigin={widget.origin}
            allow={frameAllow(widget)}
            continueAction={openWidget}
          >
            <div className="mt-6 flex flex-wrap gap-3">
              <Link href="/account" prefetch={false} className={buttonStyle({ variant: 'secondary' })}>
                {t('back')}
              </Link>
              <form action={endAuthorisation}>
                <SubmitButton variant="quiet" pendingLabel={t('ending')}>
                  {t('end')}
                </SubmitButton>
              </form>
            </div>
            {/* Below the buttons, which stay where they are when it appears. */}
            <PurchaseWatch openedAt={new Date().toISOString()} />
          </WidgetFrame>
          <WidgetHelp widgetOrigin={widget.origin} />
        </ClientMessages>
      </QueryProvider>
    </div>
  );
}

export default interruptible(BuyPage, Interruption, 'buy.page');
