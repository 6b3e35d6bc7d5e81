import type { Metadata } from 'next';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { CustomerWatch } from '@/components/customer-watch';
import { Holdings } from '@/components/holdings';
import { PageHeading } from '@/components/page-heading';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { SubmitButton } from '@/components/ui/submit-button';
import { requireUser } from '@/lib/auth/session';
import { brand } from '@/lib/brand/brand';
import { readCustomerState } from '@/lib/customers/read';
import type { CustomerState } from '@/lib/customers/state';
import { services } from '@/lib/services';
import { openWidget } from './actions';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('account'))('page') };
}

export default async function AccountPage() {
  const session = await requireUser('/account');
  const customer = await readCustomerState(await services(), session.userId);
  const t = await getTranslations('account');
  return (
    <>
      <PageHeading title={t('title')} intro={t('greeting', { email: session.email })} />
      <div className="grid items-start gap-6 lg:grid-cols-[2fr_3fr]">
        <NextStep customer={customer} />
        {customer.state === 'ready' && <Holdings />}
      </div>
    </>
  );
}

/** The one thing to do now, or what is being waited for and why. */
async function NextStep({ customer }: { customer: CustomerState }) {
  const t = await getTranslations('account');
  const words = {
    email: brand.support.email,
    status:
      customer.state === 'verifying' ? customer.status : customer.state === 'blocked' ? customer.walletStatus : '',
  };
  return (
    <Card aria-labelledby="next" className="space-y-4">
      <p className="font-medium text-muted text-sm">{t('next')}</p>
      <h2 id="next" className="font-semibold text-xl">
        {t(`states.${customer.state}.title`)}
      </h2>
      <p className="text-muted">{t(`states.${customer.state}.text`, words)}</p>
      <WayOn customer={customer} />
    </Card>
  );
}

async function WayOn({ customer }: { customer: CustomerState }) {
  const t = await getTranslations('account');
  switch (customer.state) {
    case 'details-missing':
    case 'rejected':
      return (
        <Button asChild>
          <Link href="/account/details">{t(customer.state === 'rejected' ? 'correctDetails' : 'confirmDetails')}</Link>
        </Button>
      );
    case 'ready':
      return (
        <form action={openWidget}>
          <SubmitButton pendingLabel={t('opening')}>{t('buy')}</SubmitButton>
        </form>
      );
    case 'creating':
    case 'verifying':
    case 'blocked':
      return <CustomerWatch state={customer.state} />;
    case 'conflict':
      return null;
  }
}
