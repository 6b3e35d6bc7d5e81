import { useFormatter, useTranslations } from 'next-intl';
import { COUNTED } from '@/lib/operator/queue-names';

/** Shows a count that stopped one above COUNTED as what it is: more than that. */
export function Count({ of }: { of: number }) {
  const t = useTranslations('operatorQueues');
  const format = useFormatter();
  return of > COUNTED ? t('many', { count: format.number(COUNTED) }) : format.number(of);
}
