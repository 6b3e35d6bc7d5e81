import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { buttonStyle } from '@/components/ui/button';
import { Card, CardTitle } from '@/components/ui/card';
import { brand } from '@/lib/brand/brand';
import { supportMail } from '@/lib/brand/support';
import type { CustomerState } from '@/lib/customers/state';
import { BeforePurchase } from './before-purchase';
import { CustomerWatch } from './customer-watch';
import type { Known } from './holdings-query';
import { StepsToBuy } from './steps-to-buy';

interface NextStepProps {
  userId: string;
  customer: CustomerState;
  /** What is known of the balance, where the page shows it. */
  known?: Known;
}

/** Shows the customer's next action, or what they are waiting for. A person who has bought has no next step. */
export function NextStep({ userId, customer, known }: NextStepProps) {
  const t = useTranslations('account');
  const isReady = customer.state === 'ready';
  return (
    <BeforePurchase known={isReady ? known : undefined}>
      <Card aria-labelledby="next" className="space-y-5">
        <StepsToBuy state={customer.state} />
        {/* Changes when Kuna has decided; screen readers announce it. */}
        <div aria-live="polite" className="space-y-3">
          <CardTitle id="next" large className="text-balance">
            {t(`states.${customer.state}.title`)}
          </CardTitle>
          <p className="text-muted-foreground">{t(`states.${customer.state}.text`, { email: brand.support.email })}</p>
        </div>
        <NextAction userId={userId} customer={customer} />
      </Card>
    </BeforePurchase>
  );
}

/** The labels of the link to the details. */
const TO_DETAILS = {
  'details-missing': 'confirmDetails',
  rejected: 'correctDetails',
  returned: 'correctDetails',
  'consent-withdrawn': 'agreeAgain',
} as const;

function NextAction({ userId, customer }: { userId: string; customer: CustomerState }) {
  const t = useTranslations('account');
  switch (customer.state) {
    case 'details-missing':
    case 'rejected':
    case 'returned':
    case 'consent-withdrawn':
      return (
        <Link href="/account/details?then=buy" prefetch={false} className={buttonStyle()}>
          {t(TO_DETAILS[customer.state])}
        </Link>
      );
    case 'ready':
      return null;
    case 'creating':
      return <CustomerWatch state={customer.state} />;
    case 'waiting-for-review':
    case 'verifying':
    case 'blocked':
    case 'conflict':
      return (
        <>
          {customer.state !== 'conflict' && <CustomerWatch state={customer.state} />}
          <a
            href={supportMail(t(`states.${customer.state}.title`), userId)}
            className={buttonStyle({ variant: 'secondary' })}
          >
            {t('contact')}
          </a>
        </>
      );
  }
}
