import Link from 'next/link';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { z } from 'zod';
import { caseLabels } from '@/app/operator/case-form';
import { Interruption } from '@/components/interruption';
import { DetailsInReview } from '@/components/operator/details-in-review';
import { ReviewForms } from '@/components/operator/review-forms';
import { TooMany } from '@/components/operator/too-many';
import { PageHeading } from '@/components/page-heading';
import { Notice } from '@/components/ui/notice';
import { requireOperator, signInAgainPath } from '@/lib/auth/session';
import { LONGEST_RETURN_TEXT } from '@/lib/customers/return-reasons';
import { withinLimit } from '@/lib/operator/read';
import { readReviewFile } from '@/lib/operator/review';
import { interruptible } from '@/lib/pages/interruptible';
import { getServices } from '@/lib/services';
import { takeFlash } from '@/lib/sessions/flash';
import { acceptReviewed, returnReviewed } from './actions';

interface Props {
  params: Promise<{ id: string }>;
}

const DONE = ['accepted', 'accepted-first', 'returned'] as const;
const REFUSED = ['changed', 'self'] as const;

async function ReviewPage({ params }: Props) {
  const { id } = await params;
  const operator = await requireOperator('/operator/review', 'review');
  if (!(await withinLimit(operator))) return <TooMany />;
  if (!z.uuid().safeParse(id).success) notFound();
  const services = await getServices();
  const file = await readReviewFile(services, operator, id);
  const flash = await takeFlash(services, operator, id);
  const t = await getTranslations('review');
  return (
    <>
      <PageHeading
        title={t('title')}
        intro={file ? [file.details.firstName, file.details.lastName].join(' ') : undefined}
      />
      <div className="space-y-6">
        <Outcome message={flash} />
        {file ? (
          <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-2">
            <DetailsInReview file={file} />
            <ReviewForms
              file={file}
              acceptAction={acceptReviewed}
              returnAction={returnReviewed}
              labels={await caseLabels(LONGEST_RETURN_TEXT)}
              signInPath={signInAgainPath(`/operator/customers/${id}/review`)}
            />
          </div>
        ) : (
          <p>{t('over')}</p>
        )}
        <p className="flex flex-wrap gap-x-6 gap-y-2">
          <Link href={`/operator/customers/${id}`} prefetch={false} className="text-primary underline">
            {t('back')}
          </Link>
          <Link href="/operator/review" prefetch={false} className="text-primary underline">
            {t('queue')}
          </Link>
        </p>
      </div>
    </>
  );
}

export default interruptible(ReviewPage, Interruption, 'review.page');

/** Shows once what the last decision did. */
async function Outcome({ message }: { message: string | null }) {
  const t = await getTranslations('review.outcomes');
  const outcome = message?.replace('review:', '');
  const good = DONE.find((known) => known === outcome);
  const refused = REFUSED.find((known) => known === outcome);
  if (!good && !refused) return null;
  return (
    <Notice tone={good ? 'good' : 'bad'} alert>
      {good && <p>{t(good)}</p>}
      {refused && <p>{t(refused)}</p>}
    </Notice>
  );
}
