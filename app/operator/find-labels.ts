import { getTranslations } from 'next-intl/server';

/** Returns the texts of components/operator/find-customer.tsx. */
export async function findLabels() {
  const t = await getTranslations('operator.find');
  return {
    label: t('label'),
    find: t('find'),
    finding: t('finding'),
    problems: {
      none: t('problems.none'),
      forbidden: t('problems.forbidden'),
      'signed-out': t('problems.signed-out'),
      outdated: t('problems.outdated'),
      unreachable: t('problems.unreachable'),
      unavailable: t('problems.unavailable'),
      'too-many': t('problems.too-many'),
    },
  };
}
