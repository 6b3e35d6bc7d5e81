import { useTranslations } from 'next-intl';
import { Notice } from '@/components/ui/notice';

/** Replaces a support page when the operator exceeds the rate limit. */
export function TooMany() {
  const t = useTranslations('support.outcomes');
  return (
    <Notice tone="bad" alert>
      <p>{t('too-many')}</p>
    </Notice>
  );
}
