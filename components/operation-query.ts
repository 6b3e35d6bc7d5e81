import { queryOptions } from '@tanstack/react-query';
import { isUnfinished, oneOperation, operationsPage } from '@/lib/wallet/operations-schema';
import { fetchAccount, pauseAfter } from './fetch-account';

const POLL_UNFINISHED_MS = 3_000;
const POLL_IDLE_MS = 5_000;
const POLL_ON_HOLD_MS = 30_000;

/** Queries one operation, for an address that names it. Null where the customer has no such operation. */
export const operationQuery = (id: string) =>
  queryOptions({
    queryKey: ['operation', id],
    queryFn: async ({ signal }) => {
      const path = `/api/account/operation?${new URLSearchParams({ id })}`;
      const { operations } = await fetchAccount(path, oneOperation, signal);
      return operations[0] ?? null;
    },
    refetchInterval: ({ state }) => {
      if (state.error) return pauseAfter(state.error);
      if (!state.data) return false;
      if (isUnfinished(state.data)) return POLL_UNFINISHED_MS;
      return state.data.status === 'OnHold' ? POLL_ON_HOLD_MS : false;
    },
  });

/**
 * Queries the newest operations while the widget is open: one call to KunaCore, against three of the overview. Stops
 * while the window is hidden, as every poll here.
 */
export const newestOperationsQuery = queryOptions({
  queryKey: ['operations', 'newest'],
  queryFn: async ({ signal }) => (await fetchAccount('/api/account/operations', operationsPage, signal)).operations,
  refetchInterval: ({ state }) => {
    if (state.error) return pauseAfter(state.error);
    return state.data?.some(isUnfinished) ? POLL_UNFINISHED_MS : POLL_IDLE_MS;
  },
  refetchOnWindowFocus: 'always',
});
