import { queryOptions } from '@tanstack/react-query';
import { holdings } from '@/lib/wallet/holdings-schema';
import { isUnfinished } from '@/lib/wallet/operations-schema';
import { fetchAccount } from './fetch-account';

const POLL_MS = 30_000;
const POLL_UNFINISHED_MS = 2_000;
const POLL_AFTER_ERROR_MS = 5_000;

/** Queries balances and latest operations. Runs in the browser, so that the page does not wait for KunaCore. */
export const holdingsQuery = queryOptions({
  queryKey: ['holdings'],
  queryFn: ({ signal }) => fetchAccount('/api/account/holdings', holdings, signal),
  refetchInterval: ({ state }) => {
    if (state.error) return POLL_AFTER_ERROR_MS;
    return state.data?.latest.some(isUnfinished) ? POLL_UNFINISHED_MS : POLL_MS;
  },
});
