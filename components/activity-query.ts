'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { isUnfinished, type Operation, type OperationFilter, operationsPage } from '@/lib/wallet/operations-schema';
import { fetchAccount } from './fetch-account';

const POLL_MS = 30_000;
const POLL_UNFINISHED_MS = 3_000;
const POLL_AFTER_ERROR_MS = 5_000;

/** The person's operations, page by page; what is not finished is asked for again until it is. */
export function useActivity(filter: OperationFilter) {
  return useInfiniteQuery({
    queryKey: ['operations', filter],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      fetchAccount(
        `/api/account/operations?${filterSearch(filter, { skip: String(pageParam) })}`,
        operationsPage,
        signal,
      ),
    getNextPageParam: (page) => page.next,
    refetchInterval: ({ state }) => {
      if (state.error) return POLL_AFTER_ERROR_MS;
      const unfinished = state.data?.pages.some(({ operations }) => operations.some(isUnfinished));
      return unfinished ? POLL_UNFINISHED_MS : POLL_MS;
    },
    // One that came meanwhile shifts the pages: what is seen twice counts once.
    select: ({ pages }) => {
      const seen = new Map<string, Operation>();
      for (const { operations } of pages) for (const one of operations) if (!seen.has(one.id)) seen.set(one.id, one);
      return [...seen.values()];
    },
  });
}

/** A filter as the query of an address; what is not set is left out. */
export function filterSearch(filter: OperationFilter, more: Record<string, string> = {}): string {
  return new URLSearchParams(Object.entries({ ...filter, ...more }).filter(([, value]) => value)).toString();
}
