import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Count } from './count';

/** Leads to the queue of details that wait for review, while there are any. */
export function ReviewLink({ waiting }: { waiting: number }) {
  const t = useTranslations('review');
  if (waiting === 0) return null;
  return (
    <Link
      href="/operator/review"
      prefetch={false}
      className="inline-flex min-h-11 items-center font-semibold text-primary underline"
    >
      {t('queue')} (<Count of={waiting} />)
    </Link>
  );
}
