'use client';

import { focusManager, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

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

const newClient = () => new QueryClient({ defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: true } } });

/** Keeps the data from page to page. The server has a client for each page, because it serves many people. */
let inBrowser: QueryClient | undefined;

/** Provides TanStack Query to a page of the account. */
export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(() => {
    if (typeof window === 'undefined') return newClient();
    inBrowser ??= newClient();
    return inBrowser;
  });
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
