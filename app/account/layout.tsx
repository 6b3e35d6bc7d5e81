import { notFound } from 'next/navigation';
import { NextIntlClientProvider } from 'next-intl';
import { getMessages } from 'next-intl/server';
import type { ReactNode } from 'react';
import { AccountTop } from '@/components/account-top';
import { QueryProvider } from '@/components/query-provider';
import { Shell } from '@/components/shell';
import { config } from '@/lib/config/config';

// Each page calls `requireUser` itself: Next does not render a layout again on every navigation.
export default async function AccountLayout({ children }: { children: ReactNode }) {
  if (config().widget.type === 'kuna') notFound();
  const { shell, preferences, errors, holdings, operations, activity, details, buy, ui } = await getMessages();
  return (
    <NextIntlClientProvider messages={{ shell, preferences, errors, holdings, operations, activity, details, buy, ui }}>
      <QueryProvider>
        <Shell top={<AccountTop />}>{children}</Shell>
      </QueryProvider>
    </NextIntlClientProvider>
  );
}
