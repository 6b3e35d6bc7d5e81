import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { buttonStyle } from '@/components/ui/button';
import { Card, CardTitle } from '@/components/ui/card';
import { SubmitButton } from '@/components/ui/submit-button';
import { brand } from '@/lib/brand/brand';
import { supportMail } from '@/lib/brand/support';
import type { CustomerState } from '@/lib/customers/state';
import { CustomerWatch } from './customer-watch';

interface NextStepProps {
  customer: CustomerState;
  openAction: () => Promise<void>;
}

/** Shows the customer's next action, or what they are waiting for. */
export function NextStep({ customer, openAction }: NextStepProps) {
  const t = useTranslations('account');
  return (
    <Card aria-labelledby="next" className="space-y-4">
      <p className="font-medium text-muted-foreground text-sm">{t('next')}</p>
      {/* Changes when Kuna has decided; screen readers announce it. */}
      <div aria-live="polite" className="space-y-4">
        <CardTitle id="next" large className="text-balance">
          {t(`states.${customer.state}.title`)}
        </CardTitle>
        <p className="text-muted-foreground">{t(`states.${customer.state}.text`, { email: brand.support.email })}</p>
      </div>
      <NextAction customer={customer} openAction={openAction} />
    </Card>
  );
}

/** The labels of the link to the details. */
const TO_DETAILS = {
  'details-missing': 'confirmDetails',
  rejected: 'correctDetails',
  returned: 'correctDetails',
  'consent-withdrawn': 'agreeAgain',
} as const;

function NextAction({ customer, openAction }: NextStepProps) {
  const t = useTranslations('account');
  switch (customer.state) {
    case 'details-missing':
    case 'rejected':
    case 'returned':
    case 'consent-withdrawn':
      return (
        <Link href="/account/details" prefetch={false} className={buttonStyle()}>
          {t(TO_DETAILS[customer.state])}
        </Link>
      );
    case 'ready':
      return (
        <form action={openAction}>
          <SubmitButton width="full" pendingLabel={t('opening')}>
            {t('buy')}
          </SubmitButton>
        </form>
      );
    case 'creating':
      return <CustomerWatch state={customer.state} />;
    case 'waiting-for-review':
    case 'verifying':
    case 'blocked':
    case 'conflict':
      return (
        <>
          {customer.state !== 'conflict' && <CustomerWatch state={customer.state} />}
          <a href={supportMail(t(`states.${customer.state}.title`))} className={buttonStyle({ variant: 'secondary' })}>
            {t('contact')}
          </a>
        </>
      );
  }
}
