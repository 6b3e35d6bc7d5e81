import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { AccountTop } from '@/components/account-top';
import { Shell } from '@/components/shell';
import { config } from '@/lib/config/config';

// Each page calls `requireUser` itself: Next does not render a layout again on every navigation.
export default async function AccountLayout({ children }: { children: ReactNode }) {
  if (config().widget.type === 'kuna') notFound();
  const t = await getTranslations('shell');
  const labels = {
    navigation: t('navigation'),
    account: t('account'),
    buy: t('buy'),
    activity: t('activity'),
    details: t('details'),
    devices: t('devices'),
    signOut: t('signOut'),
  };
  return <Shell top={<AccountTop labels={labels} />}>{children}</Shell>;
}
