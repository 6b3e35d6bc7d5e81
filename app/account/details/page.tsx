import type { Metadata } from 'next';
import { getLocale, getTranslations } from 'next-intl/server';
import { DetailsForm } from '@/components/details-form';
import { PageHeading } from '@/components/page-heading';
import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { requireUser } from '@/lib/auth/session';
import { brand } from '@/lib/brand/brand';
import { config } from '@/lib/config';
import { readDetails } from '@/lib/customers/details';
import { openClaims } from '@/lib/customers/prefill';
import { readCustomerState } from '@/lib/customers/read';
import { countryNames } from '@/lib/i18n/countries';
import { services } from '@/lib/services';
import { saveDetails } from '../actions';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('details'))('page') };
}

export default async function DetailsPage() {
  const session = await requireUser('/account/details');
  const parts = await services();
  const [stored, customer] = [await readDetails(parts, session.userId), await readCustomerState(parts, session.userId)];
  const claims = stored ? {} : openClaims(parts, session.userId, session.claimsSealed);
  const t = await getTranslations('details');
  const prefilled = Object.values(claims).some(Boolean);
  return (
    <div className="mx-auto max-w-2xl">
      <PageHeading title={t('title')} intro={t('intro', { brand: brand.name })} />
      <Card className="space-y-6">
        {prefilled && (
          <Notice>
            <p>{t('prefilled', { provider: config().oidc?.name ?? '' })}</p>
          </Notice>
        )}
        {customer.state === 'rejected' && (
          <Notice tone="bad">
            <p>{t('rejected')}</p>
          </Notice>
        )}
        {customer.state === 'conflict' && (
          <Notice tone="warn">
            <p>{t('conflict', { email: brand.support.email })}</p>
          </Notice>
        )}
        <DetailsForm
          action={saveDetails}
          initial={{ ...claims, ...stored?.details }}
          consented={stored !== null}
          countries={countryNames(await getLocale())}
          brandName={brand.name}
        />
      </Card>
    </div>
  );
}
