import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { buttonStyle } from '@/components/ui/button';
import { Card, CardTitle } from '@/components/ui/card';
import { formatDate } from '@/lib/date-format';
import type { CustomerFile } from '@/lib/operator/customers';

interface ReviewSectionProps {
  file: Pick<CustomerFile, 'userId' | 'review'>;
  /** The operator's role permits reviews. */
  mayReview: boolean;
}

/** Shows, on a customer's page, that details wait for review or were returned, and leads to the review. */
export function ReviewSection({ file: { userId, review }, mayReview }: ReviewSectionProps) {
  const t = useTranslations('review');
  const language = useLocale();
  if (!review) return null;
  const when = formatDate(review.since, language);
  return (
    <Card aria-labelledby="review" className="space-y-3 lg:col-span-2">
      <CardTitle id="review">{t(review.state === 'waiting' ? 'section' : 'sectionReturned')}</CardTitle>
      <p className="text-muted-foreground">{t(review.state === 'waiting' ? 'since' : 'returnedOn', { when })}</p>
      {review.state === 'waiting' && mayReview && (
        <Link href={`/operator/customers/${userId}/review`} prefetch={false} className={buttonStyle()}>
          {t('open')}
        </Link>
      )}
    </Card>
  );
}
