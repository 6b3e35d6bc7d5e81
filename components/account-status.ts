'use client';

import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { z } from 'zod';
import { onSessionChange } from './session-channel';

const authorisation = z.discriminatedUnion('state', [
  z.object({ state: z.literal('none') }),
  z.object({ state: z.literal('live') }),
  z.object({ state: z.literal('expiring'), inSeconds: z.number() }),
  z.object({ state: z.literal('expired') }),
  z.object({ state: z.literal('ended') }),
]);

const accountStatus = z.discriminatedUnion('session', [
  z.object({ session: z.literal('live'), customer: z.string(), authorisation }),
  z.object({ session: z.literal('over') }),
]);

/** What GET /api/account/status answers. */
export type AccountStatus = z.infer<typeof accountStatus>;

const POLL_MS = 10_000;

interface Options {
  /** Which view of the account asks: what an earlier one was told is not shown again. */
  view: string;
  /** Start asking. */
  enabled: boolean;
  /** Says to the portal that the person is there, so that a purchase in the frame is not "idle". */
  whileInUse: boolean;
}

/**
 * Polls where the account stands, and asks at once when the window gets the focus again, when the connection is back,
 * and when another tab has signed out.
 */
export function useAccountStatus({ view, enabled, whileInUse }: Options) {
  const query = useQuery({
    queryKey: ['account-status', view],
    enabled,
    queryFn: async ({ signal }) => {
      const inUse = whileInUse && document.hasFocus();
      const response = await fetch(`/api/account/status${inUse ? '?in-use' : ''}`, { signal, cache: 'no-store' });
      // An interruption says nothing about the session: keep showing what was known.
      if (response.status !== 200 && response.status !== 401) throw new Error(`status ${response.status}`);
      return accountStatus.parse(await response.json());
    },
    refetchInterval: POLL_MS,
    refetchOnWindowFocus: 'always',
    refetchOnReconnect: 'always',
  });
  const { refetch } = query;
  useEffect(() => (enabled ? onSessionChange(() => void refetch()) : undefined), [enabled, refetch]);
  return query;
}
