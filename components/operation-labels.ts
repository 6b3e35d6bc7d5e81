import { useTranslations } from 'next-intl';
import { OPERATION_STATUSES, OPERATION_TYPES } from '@/lib/wallet/operations-schema';

/** Returns labels for KunaCore's types and statuses. A value that is not in the documentation is its own label. */
export function useOperationLabels() {
  const t = useTranslations('operations');
  return {
    typeLabel(value: string): string {
      const type = OPERATION_TYPES.find((known) => known === value);
      return type ? t(`type.${type}`) : value;
    },
    statusLabel(value: string): string {
      const status = OPERATION_STATUSES.find((known) => known === value);
      return status ? t(`status.${status}`) : value;
    },
  };
}
