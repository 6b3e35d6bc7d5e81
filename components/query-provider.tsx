'use client';

import { focusManager, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { z } from 'zod';

// Otherwise zod tries `new Function`, which the content security policy blocks and the browser reports.
z.config({ jitless: true });

// TanStack Query listens to `visibilitychange` only. `focus` also covers a return from another window.
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

/** Provides TanStack Query to the account's pages. */
export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(
    () => new QueryClient({ defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: true } } }),
  );
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
