'use client';

import { focusManager, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { z } from 'zod';

// It would try `new Function`, which the content policy forbids and the browser reports.
z.config({ jitless: true });

// Coming back from another window counts too, not only from another tab.
focusManager.setEventListener((changed) => {
  if (typeof window === 'undefined') return;
  const listener = () => changed();
  window.addEventListener('focus', listener);
  document.addEventListener('visibilitychange', listener);
  return () => {
    window.removeEventListener('focus', listener);
    document.removeEventListener('visibilitychange', listener);
  };
});

/** TanStack Query for what the account polls. */
export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(
    () => new QueryClient({ defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: true } } }),
  );
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
