import { useLocale, useTranslations } from 'next-intl';
import { Card, CardTitle } from '@/components/ui/card';
import { Disclosure } from '@/components/ui/disclosure';
import { Notice } from '@/components/ui/notice';
import { SubmitButton } from '@/components/ui/submit-button';
import { formatDate } from '@/lib/date-format';

/** What is stored of the consent and of the newest details. */
interface Stored {
  consentVersion: string;
  consentedAt: Date;
  withdrawnAt: Date | null;
  review: 'waiting' | 'returned' | null;
  /** KunaCore has them. */
  sent: boolean;
}

interface ConsentProps {
  stored: Stored;
  /** KunaCore rejected the details. */
  refused: boolean;
  withdrawAction: () => Promise<void>;
  /** A withdrawal may not have been stored. */
  unconfirmed: boolean;
}

/** Shows the consent, whether Kuna has the newest details, and the way to withdraw. */
export function ConsentOnRecord({ stored, refused, withdrawAction, unconfirmed }: ConsentProps) {
  const t = useTranslations('details.onRecord');
  const language = useLocale();
  const time = (date: Date) => formatDate(date, language, { dateStyle: 'long', timeStyle: 'short' });
  const { withdrawnAt, consentedAt, consentVersion } = stored;
  return (
    <Card id="consent-on-record" aria-labelledby="on-record" className="space-y-3">
      <CardTitle id="on-record">{t('title')}</CardTitle>
      {unconfirmed && (
        <Notice tone="bad" alert>
          <p>{t('withdraw.unconfirmed')}</p>
        </Notice>
      )}
      <p className="text-muted-foreground">
        {withdrawnAt
          ? t('withdrawn', { when: time(withdrawnAt) })
          : t('consented', { when: time(consentedAt), version: consentVersion })}
      </p>
      {!withdrawnAt && (
        <>
          <p className="text-muted-foreground">{t(progressOf(stored, refused))}</p>
          <Disclosure summary={t('withdraw.summary')}>
            <form action={withdrawAction} className="space-y-4">
              <input type="hidden" name="withdraw" value="consent" />
              <p className="text-muted-foreground text-sm">{t('withdraw.effect')}</p>
              <SubmitButton variant="secondary" pendingLabel={t('withdraw.withdrawing')}>
                {t('withdraw.submit')}
              </SubmitButton>
            </form>
          </Disclosure>
        </>
      )}
    </Card>
  );
}

function progressOf({ sent, review }: Stored, refused: boolean) {
  if (sent) return 'sent';
  return review ?? (refused ? 'notAccepted' : 'notSentYet');
}
