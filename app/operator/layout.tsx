import { notFound } from 'next/navigation';
import { NextIntlClientProvider } from 'next-intl';
import { getMessages } from 'next-intl/server';
import type { ReactNode } from 'react';
import { OperatorTop } from '@/components/operator/top';
import { Shell } from '@/components/shell';
import { config } from '@/lib/config/config';

// Each page calls `requireOperator` itself: Next does not render a layout again on every navigation.
export default async function OperatorLayout({ children }: { children: ReactNode }) {
  if (config().widget.type === 'kuna') notFound();
  const { shell, preferences, errors, operator, ui } = await getMessages();
  return (
    <NextIntlClientProvider messages={{ shell, preferences, errors, operator, ui }}>
      <Shell top={<OperatorTop />}>{children}</Shell>
    </NextIntlClientProvider>
  );
}
