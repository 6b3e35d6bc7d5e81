import { getLocale, getTranslations } from 'next-intl/server';
import { saveDetails, withdrawConsent } from '@/app/account/actions';
import { ClientMessages } from '@/components/client-messages';
import { ConsentOnRecord } from '@/components/consent-on-record';
import { DetailsForm } from '@/components/details-form';
import { DoneNotice } from '@/components/done-notice';
import { Interruption } from '@/components/interruption';
import { OwnData } from '@/components/own-data';
import { PageHeading } from '@/components/page-heading';
import { ReturnNotice } from '@/components/return-notice';
import { StepsToBuy } from '@/components/steps-to-buy';
import { buttonStyle } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { WhatIsSent } from '@/components/what-is-sent';
import { requireUser } from '@/lib/auth/session';
import { brand } from '@/lib/brand/brand';
import { supportMail } from '@/lib/brand/support';
import { config } from '@/lib/config/config';
import { DETAIL_FIELDS } from '@/lib/customers/detail-fields';
import { hasAgreed } from '@/lib/customers/details';
import { phoneExample } from '@/lib/customers/phone';
import { readReturn } from '@/lib/customers/review';
import type { CustomerState } from '@/lib/customers/state';
import { packedCountries } from '@/lib/i18n/countries';
import { type Known, lookUp, settledFields, shownDigest } from '@/lib/kyc/look-up';
import { kycSource } from '@/lib/kyc/sources';
import { takeDone } from '@/lib/pages/done';
import { interruptible } from '@/lib/pages/interruptible';
import { getServices } from '@/lib/services';
import { VerifiedDetails } from './verified-details';

const MESSAGES = {
  details: ['page', 'title', 'titleStored', 'intro', 'rejected', 'rejectedHelp', 'check', 'conflict', 'onRecord'],
} satisfies Parameters<typeof ClientMessages>[0]['of'];

/** The states in which the details have been handed over, or are on their way. */
const EDITABLE = new Set<CustomerState['state']>(['ready', 'blocked', 'verifying', 'creating', 'waiting-for-review']);

type Search = Promise<Record<string, string | string[] | undefined>>;

async function DetailsPage({ searchParams }: { searchParams: Search }) {
  const session = await requireUser('/account/details');
  const { customer } = session;
  const search = await searchParams;
  const services = await getServices();
  const done = await takeDone(session, '/account/details');
  const known = await lookUp(services, kycSource(), session.userId);
  const { stored } = known;
  const t = await getTranslations('details');
  const values = { brand: brand.name, email: brand.support.email };
  return (
    <>
      <PageHeading title={t(stored ? 'titleStored' : 'title')} intro={await introFor(known)} />
      <DoneNotice done={done} />
      <ClientMessages of={MESSAGES}>
        <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[3fr_2fr]">
          <Card className="space-y-6">
            {stored?.review === 'returned' && (
              <ReturnNotice why={await readReturn(services, session.userId)} isEdit={customer.state !== 'returned'} />
            )}
            {!EDITABLE.has(customer.state) && <StepsToBuy state={customer.state} />}
            {customer.state === 'rejected' && (
              <Notice tone="bad">
                <p>{t('rejected')}</p>
                <ul className="list-disc pl-5">
                  {(['alphabet', 'number', 'address'] as const).map((what) => (
                    <li key={what}>{t(`check.${what}`)}</li>
                  ))}
                </ul>
                <p>
                  <a
                    href={supportMail(t('rejectedHelp'), session.userId)}
                    className="font-medium text-primary underline"
                  >
                    {t('rejectedHelp')}
                  </a>
                </p>
              </Notice>
            )}
            {customer.state === 'conflict' && (
              <Notice tone="warn">
                <p>{t('conflict', values)}</p>
              </Notice>
            )}
            {known.state === 'unavailable' || known.state === 'too-many' ? (
              <NothingKnown why={known.state} />
            ) : (
              <WhatIsKnown
                known={known}
                isRejected={customer.state === 'rejected'}
                isBuying={search.then === 'buy'}
                isEdit={EDITABLE.has(customer.state)}
              />
            )}
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

async function introFor(known: Known): Promise<string> {
  const t = await getTranslations('kyc');
  if (known.stored?.withdrawnAt) return t('intro.withdrawn', { brand: brand.name });
  const isComplete = DETAIL_FIELDS.every((field) => settledFields(known)[field] !== undefined);
  const kind =
    known.state === 'unavailable' || known.state === 'too-many' ? 'unavailable' : isComplete ? 'complete' : 'partial';
  const isTyped = kind === 'partial' && Object.keys(known.verified).length === 0;
  return isTyped
    ? (await getTranslations('details'))('intro', { brand: brand.name })
    : t(`intro.${kind}`, { brand: brand.name });
}

/** Shows what is verified, and asks for the rest. Someone whose details are complete and agreed to has nothing to do. */
async function WhatIsKnown({
  known,
  isRejected,
  isBuying,
  isEdit,
}: {
  known: Known;
  isRejected: boolean;
  isBuying: boolean;
  isEdit: boolean;
}) {
  const { stored, prefill, verified } = known;
  const settled = { values: settledFields(known), agreed: hasAgreed(stored) };
  const isDone = !isRejected && settled.agreed && DETAIL_FIELDS.every((field) => settled.values[field] !== undefined);
  const initial = { ...prefill, country: verified.country ?? prefill.country };
  return (
    <>
      {Object.keys(verified).length > 0 && <VerifiedDetails {...known} />}
      {!isDone && (
        <DetailsForm
          action={saveDetails}
          initial={{ ...initial, phoneExample: phoneExample(initial.country) }}
          countries={packedCountries(await getLocale())}
          brandName={brand.name}
          prefilled={{
            fields: stored ? [] : DETAIL_FIELDS.filter((field) => prefill[field]),
            provider: config().oidc?.name ?? brand.name,
          }}
          settled={settled}
          shownDigest={shownDigest(known)}
          isBuying={isBuying}
          isEdit={isEdit && settled.agreed}
        />
      )}
    </>
  );
}

/** Typing is no way out: the institution may have verified other values. */
async function NothingKnown({ why }: { why: 'unavailable' | 'too-many' }) {
  const t = await getTranslations('kyc');
  return (
    <>
      <Notice tone="warn" title={t(`${why}.title`)}>
        <p>{t(`${why}.text`, { brand: brand.name })}</p>
      </Notice>
      <a href="/account/details" className={buttonStyle({ width: 'full' })}>
        {t(`${why}.action`)}
      </a>
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
            settled={{ values: {}, agreed: false }}
            shownDigest=""
            onlyAfterSubmit
          />
        </ClientMessages>
      </div>
    </>
  );
}

export default interruptible(DetailsPage, DetailsInterruption, 'details.page');
