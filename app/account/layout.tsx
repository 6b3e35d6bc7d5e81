import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { QueryProvider } from '@/components/query-provider';
import { AccountTop, Shell } from '@/components/shell';
import { config } from '@/lib/config';

// Each page below asks `requireUser` by itself: a layout is not rendered again on every navigation.
export default function AccountLayout({ children }: { children: ReactNode }) {
  if (config().widget.type === 'kuna') notFound();
  return (
    <QueryProvider>
      <Shell top={<AccountTop />}>{children}</Shell>
    </QueryProvider>
  );
}
