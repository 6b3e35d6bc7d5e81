import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { PageHeading } from '@/components/page-heading';
import { Button } from '@/components/ui/button';
import { SubmitButton } from '@/components/ui/submit-button';
import { WidgetFrame } from '@/components/widget-frame';
import { requireUser } from '@/lib/auth/session';
import { config } from '@/lib/config';
import { readCustomerState } from '@/lib/customers/read';
import { FRAME_FEATURES } from '@/lib/security-headers';
import { services } from '@/lib/services';
import { endAuthorisation, openWidget } from '../actions';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('buy'))('page') };
}

export default async function BuyPage() {
  const session = await requireUser('/account/buy');
  const customer = await readCustomerState(await services(), session.userId);
  // The account page says what is missing and offers the way on.
  if (customer.state !== 'ready') redirect('/account');
  const t = await getTranslations('buy');
  const { origin } = config().widget;
  return (
    <>
      <PageHeading title={t('title')} intro={t('intro')} />
      <WidgetFrame
        // A new rendering is a new frame: "Continue" leads here again and must not show the ended one.
        key={crypto.randomUUID()}
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
    </>
  );
}
