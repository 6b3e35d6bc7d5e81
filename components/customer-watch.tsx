'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { useAccountStatus } from './account-status';

/** Refreshes the page when the customer's state changes. */
export function CustomerWatch({ state }: { state: string }) {
  const router = useRouter();
  const { data } = useAccountStatus({ view: 'customer', enabled: true, whileInUse: false });
  const now = data?.session === 'live' ? data.customer : state;
  useEffect(() => {
    if (now !== state) router.refresh();
  }, [now, state, router]);
  return null;
}
