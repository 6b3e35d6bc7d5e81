import type { Metadata } from 'next';
import { getLocale, getTranslations } from 'next-intl/server';
import { saveDetails, withdrawConsent } from '@/app/account/actions';
import { ClientMessages } from '@/components/client-messages';
import { ConsentOnRecord } from '@/components/consent-on-record';
import { DetailsForm } from '@/components/details-form';
import { Interruption } from '@/components/interruption';
import { OwnData } from '@/components/own-data';
import { PageHeading } from '@/components/page-heading';
import { ReturnNotice } from '@/components/return-notice';
import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { WhatIsSent } from '@/components/what-is-sent';
import { requireUser } from '@/lib/auth/session';
import { brand } from '@/lib/brand/brand';
import { config } from '@/lib/config/config';
import { DETAIL_FIELDS, type Details } from '@/lib/customers/detail-fields';
import { readableDetails } from '@/lib/customers/details';
import { phoneExample } from '@/lib/customers/phone';
import { openClaims, usableClaims } from '@/lib/customers/prefill';
import { readReturn } from '@/lib/customers/review';
import { packedCountries } from '@/lib/i18n/countries';
import { interruptible } from '@/lib/pages/interruptible';
import { getServices } from '@/lib/services';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('details'))('page') };
}

const MESSAGES = {
  details: ['page', 'title', 'titleStored', 'intro', 'rejected', 'conflict', 'onRecord'],
} satisfies Parameters<typeof ClientMessages>[0]['of'];

type Search = Promise<Record<string, string | string[] | undefined>>;

async function DetailsPage({ searchParams }: { searchParams: Search }) {
  const session = await requireUser('/account/details');
  const { customer } = session;
  const search = await searchParams;
  const services = await getServices();
  const stored = await readableDetails(services, session.userId);
  const claims: Partial<Details> = stored
    ? {}
    : usableClaims(openClaims(services, session.userId, session.claimsSealed));
  const initial = { ...claims, ...stored?.details };
  const t = await getTranslations('details');
  const values = { brand: brand.name, email: brand.support.email };
  return (
    <>
      <PageHeading title={t(stored ? 'titleStored' : 'title')} intro={t('intro', values)} />
      <ClientMessages of={MESSAGES}>
        <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[3fr_2fr]">
          <Card className="space-y-6">
            {stored?.review === 'returned' && (
              <ReturnNotice why={await readReturn(services, session.userId)} isEdit={customer.state !== 'returned'} />
            )}
            {customer.state === 'rejected' && (
              <Notice tone="bad">
                <p>{t('rejected')}</p>
              </Notice>
            )}
            {customer.state === 'conflict' && (
              <Notice tone="warn">
                <p>{t('conflict', values)}</p>
              </Notice>
            )}
            <DetailsForm
              action={saveDetails}
              initial={{
                ...initial,
                consent: stored?.withdrawnAt === null,
                phoneExample: phoneExample(initial.country),
              }}
              countries={packedCountries(await getLocale())}
              brandName={brand.name}
              prefilled={{
                fields: DETAIL_FIELDS.filter((field) => claims[field]),
                provider: config().oidc?.name ?? '',
              }}
            />
          </Card>
          <aside className="grid grid-cols-1 gap-6">
            {stored && (
              <ConsentOnRecord
                stored={stored}
                refused={customer.state === 'rejected' || customer.state === 'conflict'}
                withdrawAction={withdrawConsent}
                unconfirmed={search.withdrawal !== undefined}
              />
            )}
            <WhatIsSent email={session.email} />
            <OwnData
              brandName={brand.name}
              unconfirmed={search.unconfirmed !== undefined}
              years={config().retentionYears}
            />
          </aside>
        </div>
      </ClientMessages>
    </>
  );
}

/** Shows a submitted form again while the database is unavailable, so that its input can be sent once more. */
async function DetailsInterruption() {
  return (
    <>
      <Interruption />
      <div className="mt-8 max-w-2xl">
        <ClientMessages of={MESSAGES}>
          <DetailsForm
            action={saveDetails}
            initial={{}}
            countries={packedCountries(await getLocale())}
            brandName={brand.name}
            prefilled={{ fields: [], provider: '' }}
            onlyAfterSubmit
          />
        </ClientMessages>
      </div>
    </>
  );
}

export default interruptible(DetailsPage, DetailsInterruption);
