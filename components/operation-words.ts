import { useTranslations } from 'next-intl';
import { type OperationWords, operationWords } from '@/lib/wallet/operation-words';
import type { Operation } from '@/lib/wallet/operations-schema';

/** Returns the words for operations, in the language of the page. */
export function useOperationWords(): (operation: Pick<Operation, 'type' | 'status' | 'sourceAsset'>) => OperationWords {
  const t = useTranslations('operations');
  return (operation) => operationWords(t, operation);
}
