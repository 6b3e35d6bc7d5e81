'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { useAccountStatus } from './account-status';

/** Shows the page afresh as soon as the customer's state is another than the one it was rendered for. */
export function CustomerWatch({ state }: { state: string }) {
  const router = useRouter();
  const { data } = useAccountStatus({ view: 'customer', enabled: true, whileInUse: false });
  const now = data?.session === 'live' ? data.customer : state;
  useEffect(() => {
    if (now !== state) router.refresh();
  }, [now, state, router]);
  return null;
}
