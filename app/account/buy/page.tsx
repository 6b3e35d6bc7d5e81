import type { Metadata } from 'next';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { endAuthorisation, openWidget } from '@/app/account/actions';
import { Interruption } from '@/components/interruption';
import { NextStep } from '@/components/next-step';
import { PageHeading } from '@/components/page-heading';
import { Button } from '@/components/ui/button';
import { SubmitButton } from '@/components/ui/submit-button';
import { WidgetFrame } from '@/components/widget-frame';
import { WidgetHelp } from '@/components/widget-help';
import { requireUser } from '@/lib/auth/session';
import { readEpoch } from '@/lib/authorisations/status';
import { config } from '@/lib/config/config';
import { readCustomerState } from '@/lib/customers/row';
import { FRAME_FEATURES } from '@/lib/http/security-headers';
import { interruptible } from '@/lib/pages/interruptible';
import { getServices } from '@/lib/services';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('buy'))('page') };
}

async function BuyPage() {
  const session = await requireUser('/account/buy');
  const services = await getServices();
  const [customer, epoch] = await Promise.all([
    readCustomerState(services, session.userId),
    readEpoch(services, session.userId),
  ]);
  const t = await getTranslations('buy');
  const { origin } = config().widget;
  if (customer.state !== 'ready') {
    return (
      <div className="mx-auto max-w-2xl">
        <PageHeading title={t('title')} />
        <NextStep customer={customer} openAction={openWidget} />
      </div>
    );
  }
  return (
    <div className="mx-auto max-w-4xl">
      <PageHeading title={t('title')} intro={t('intro')} />
      <WidgetFrame
        // "Continue" after an end leads here in the next epoch, with a new iframe. A refresh in place keeps the iframe.
        key={epoch}
        visit={crypto.randomUUID()}
        src="/account/buy/frame"
        widgetOrigin={origin}
        allow={FRAME_FEATURES.map((feature) => `${feature} ${origin}`).join('; ')}
        continueAction={openWidget}
      />
      <div className="mt-6 flex flex-wrap gap-3">
        <Button asChild variant="secondary">
          <Link href="/account">{t('back')}</Link>
        </Button>
        <form action={endAuthorisation}>
          <SubmitButton variant="quiet" pendingLabel={t('ending')}>
            {t('end')}
          </SubmitButton>
        </form>
      </div>
      <WidgetHelp widgetOrigin={origin} />
    </div>
  );
}

export default interruptible(BuyPage, Interruption);
