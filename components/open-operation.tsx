import { useQuery } from '@tanstack/react-query';
import type { Operation } from '@/lib/wallet/operations-schema';
import { OperationDrawer } from './operation-drawer';
import { operationQuery } from './operation-query';

interface OpenOperationProps {
  id: string;
  /** The operation, where the list on the page has it. */
  listed: Operation | undefined;
  /** The list may still bring it. */
  isListLoading: boolean;
  onClose: () => void;
}

/** Shows the operation that the address names, also one that the list has not loaded. */
export function OpenOperation({ id, listed, isListLoading, onClose }: OpenOperationProps) {
  const { data, error } = useQuery({ ...operationQuery(id), enabled: !listed && !isListLoading });
  return <OperationDrawer operation={listed ?? data} isUnavailable={error !== null} onClose={onClose} />;
}
