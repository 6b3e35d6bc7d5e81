import { useTranslations } from 'next-intl';
import { OPERATION_STATUSES, OPERATION_TYPES } from '@/lib/wallet/operations-schema';

/** Names that people understand for KunaCore's words; a word that we do not know is shown as it is. */
export function useOperationWords() {
  const t = useTranslations('operations');
  return {
    typeName(word: string): string {
      const type = OPERATION_TYPES.find((known) => known === word);
      return type ? t(`type.${type}`) : word;
    },
    statusName(word: string): string {
      const status = OPERATION_STATUSES.find((known) => known === word);
      return status ? t(`status.${status}`) : word;
    },
  };
}
