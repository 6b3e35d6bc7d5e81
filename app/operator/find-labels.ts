import { getTranslations } from 'next-intl/server';
import type { FindLabels } from '@/components/operator/find-customer';

/** Returns the texts of components/operator/find-customer.tsx. */
export async function findLabels(): Promise<FindLabels> {
  const t = await getTranslations('operatorSearch');
  return {
    label: t('label'),
    hint: t('hint'),
    find: t('find'),
    finding: t('finding'),
    problems: {
      empty: t('problems.empty'),
      'too-short': t('problems.too-short'),
      none: t('problems.none'),
      'too-common': t('problems.too-common'),
      'kuna-unavailable': t('problems.kuna-unavailable'),
      forbidden: t('problems.forbidden'),
      'signed-out': t('problems.signed-out'),
      outdated: t('problems.outdated'),
      unreachable: t('problems.unreachable'),
      unavailable: t('problems.unavailable'),
      'too-many': t('problems.too-many'),
    },
  };
}
