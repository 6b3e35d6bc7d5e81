import { useTranslations } from 'next-intl';
import { Notice } from '@/components/ui/notice';

/** In place of what an operator asked for too often. */
export function TooMany() {
  const t = useTranslations('operator.outcomes');
  return (
    <Notice tone="bad" alert>
      <p>{t('too-many')}</p>
    </Notice>
  );
}
