'use client';

import { useSearchParams } from 'next/navigation';
import { OPERATION_PARAM, operationHref } from './operation-address';

/**
 * Keeps the open operation in the address: Back closes it, a reload and a link open it. Opening adds a history entry,
 * which closing removes; an operation that a link opened closes in place.
 */
export function useOpenOperation() {
  const openId = useSearchParams().get(OPERATION_PARAM);
  const open = (id: string) => {
    window.history.pushState({ [OPERATION_PARAM]: true }, '', operationHref(id, window.location.search));
  };
  const close = () => {
    const { searchParams, pathname } = new URL(window.location.href);
    // Back has closed it already.
    if (!searchParams.has(OPERATION_PARAM)) return;
    if (window.history.state?.[OPERATION_PARAM]) return window.history.back();
    searchParams.delete(OPERATION_PARAM);
    window.history.replaceState(null, '', searchParams.size > 0 ? `?${searchParams}` : pathname);
  };
  return { openId, open, close };
}
