import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { sessionTexts } from '@/app/page-texts';
import { AccountTop } from '@/components/account-top';
import { Shell } from '@/components/shell';
import { sessionForLayout } from '@/lib/auth/session';
import { brand } from '@/lib/brand/brand';
import { config } from '@/lib/config/config';
import { endingOf } from '@/lib/sessions/ending';

/** When the page asks for the end of its session, where the layout cannot tell. */
const ASK_IN_SECONDS = 60;

// Each page calls `requireUser` itself: Next does not render a layout again on every navigation.
export default async function AccountLayout({ children }: { children: ReactNode }) {
  const { widget, session, offers } = config();
  if (widget.type === 'kuna') notFound();
  const t = await getTranslations('shell');
  const labels = {
    navigation: t('navigation'),
    account: t('account'),
    buy: t('buy'),
    activity: t('activity'),
    details: t('details'),
    devices: t('devices'),
    messages: offers.messages ? t('messages') : null,
    help: t('helpPage'),
    bank: t('bank', { brand: brand.name }),
    signOut: t('signOut'),
  };
  const live = await sessionForLayout();
  const askInSeconds = live ? endingOf(live.endsIn, session.idleMinutes).askInSeconds : ASK_IN_SECONDS;
  return <Shell top={<AccountTop {...{ labels, askInSeconds }} session={await sessionTexts()} />}>{children}</Shell>;
}
