import { queryOptions } from '@tanstack/react-query';
import { type OwnHoldings, ownHoldings } from '@/lib/wallet/holdings-schema';
import { isUnfinished } from '@/lib/wallet/operations-schema';
import { fetchAccount, pauseAfter } from './fetch-account';

const POLL_MS = 30_000;
const POLL_UNFINISHED_MS = 2_000;

/** What the server knows before KunaCore has answered. */
export interface Known {
  /** The last known figures. */
  holdings?: OwnHoldings;
  /** The customer has probably bought nothing yet. */
  isNew: boolean;
}

export const HOLDINGS_KEY = ['holdings'];

/** Queries balances and latest operations. Runs in the browser, so that the page does not wait for KunaCore. */
export const holdingsQuery = ({ holdings }: Partial<Known> = {}) =>
  queryOptions({
    queryKey: HOLDINGS_KEY,
    queryFn: ({ signal }) => fetchAccount('/api/account/holdings', ownHoldings, signal),
    initialData: holdings,
    initialDataUpdatedAt: holdings && Date.parse(holdings.at),
    refetchInterval: ({ state }) => {
      if (state.error) return pauseAfter(state.error);
      return state.data?.latest.some(isUnfinished) ? POLL_UNFINISHED_MS : POLL_MS;
    },
  });

/** Reports whether these are the figures of a customer who has bought nothing yet. */
export function hasNothing({ balances, latest }: Pick<OwnHoldings, 'balances' | 'latest'>): boolean {
  return balances.length + latest.length === 0;
}
