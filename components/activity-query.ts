import { infiniteQueryOptions } from '@tanstack/react-query';
import type { OperationFilter } from '@/lib/wallet/filter-schema';
import { isUnfinished, type OperationsPage, operationsPage } from '@/lib/wallet/operations-schema';
import { fetchAccount, pauseAfter } from './fetch-account';

const POLL_MS = 30_000;
const POLL_UNFINISHED_MS = 3_000;

/** The last known first page of all operations, and when KunaCore said so, in milliseconds. */
export interface KnownOperations {
  at: number;
  page: OperationsPage;
}

/** Queries the customer's operations, page by page. Polls faster while one of them is unfinished. */
export const activityQuery = (filter: OperationFilter, known?: KnownOperations) =>
  infiniteQueryOptions({
    queryKey: ['operations', filter],
    initialPageParam: 0,
    ...(known && filterSearch(filter) === '' && toInitialData(known)),
    queryFn: ({ pageParam, signal }) =>
      fetchAccount(
        `/api/account/operations?${filterSearch(filter, { skip: String(pageParam) })}`,
        operationsPage,
        signal,
      ),
    getNextPageParam: (page) => page.next,
    refetchInterval: ({ state }) => {
      if (state.error) return pauseAfter(state.error);
      const unfinished = state.data?.pages.some(({ operations }) => operations.some(isUnfinished));
      return unfinished ? POLL_UNFINISHED_MS : POLL_MS;
    },
    // A new operation shifts the pages, so that another can be on two of them.
    select: ({ pages }) => {
      const seen = new Set<string>();
      return pages.flatMap(({ operations }) => operations).filter(({ id }) => !seen.has(id) && seen.add(id));
    },
  });

function toInitialData({ at, page }: KnownOperations) {
  return { initialData: { pages: [page], pageParams: [0] }, initialDataUpdatedAt: at };
}

/** Returns the filter as a URL query, without its empty values. */
export function filterSearch(filter: OperationFilter, more: Record<string, string> = {}): string {
  return new URLSearchParams(Object.entries({ ...filter, ...more }).filter(([, value]) => value)).toString();
}
