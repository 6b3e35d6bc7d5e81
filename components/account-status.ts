'use client';

import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { isAccountStatus } from '@/lib/authorisations/status-schema';
import { onSessionChange } from './session-channel';

const POLL_MS = 10_000;

interface Options {
  /** The view of the account; the status of an earlier view is not shown again. */
  view: string;
  /** Starts polling. */
  enabled: boolean;
  /** Tells the portal that the window is in use, so that a purchase in the frame does not count as idle. */
  whileInUse: boolean;
}

/** Polls the account's status, and at once on focus, on reconnect and when another tab has signed out. */
export function useAccountStatus({ view, enabled, whileInUse }: Options) {
  const query = useQuery({
    queryKey: ['account-status', view],
    enabled,
    queryFn: async ({ signal }) => {
      const inUse = whileInUse && document.hasFocus();
      const response = await fetch(`/api/account/status${inUse ? '?in-use' : ''}`, { signal, cache: 'no-store' });
      // An interruption says nothing about the session: the last status stays.
      if (response.status !== 200 && response.status !== 401) throw new Error(`status ${response.status}`);
      const status: unknown = await response.json();
      if (!isAccountStatus(status)) throw new Error('unexpected response');
      return status;
    },
    refetchInterval: POLL_MS,
    refetchOnWindowFocus: 'always',
    refetchOnReconnect: 'always',
  });
  const { refetch } = query;
  useEffect(() => (enabled ? onSessionChange(() => void refetch()) : undefined), [enabled, refetch]);
  return query;
}
