import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { sessionTexts } from '@/app/page-texts';
import { OperatorTop } from '@/components/operator/top';
import { Shell } from '@/components/shell';
import { sessionForLayout } from '@/lib/auth/session';
import { config } from '@/lib/config/config';
import { may } from '@/lib/operator/permissions';
import { endingOf } from '@/lib/sessions/ending';
import { findCustomers } from './actions';
import { findLabels } from './find-labels';

/** When the page asks for the end of its session, where the layout cannot tell. */
const ASK_IN_SECONDS = 60;

// Each page calls `requireOperator` itself: Next does not render a layout again on every navigation.
export default async function OperatorLayout({ children }: { children: ReactNode }) {
  if (config().widget.type === 'kuna') notFound();
  const session = await sessionForLayout();
  const ending = session && endingOf(session.endsIn, config().session.idleMinutes);
  const t = await getTranslations('operator.navigation');
  const shell = await getTranslations('shell');
  const labels = {
    label: t('label'),
    customers: t('customers'),
    audit: session && may(session.role, 'read-audit-log') ? t('audit') : null,
    integration: t('integration'),
    account: t('account'),
    signOut: shell('signOut'),
  };
  const find = { action: findCustomers, labels: await findLabels() };
  const askInSeconds = ending?.askInSeconds ?? ASK_IN_SECONDS;
  return (
    <Shell top={<OperatorTop {...{ labels, find, askInSeconds }} session={await sessionTexts()} />}>{children}</Shell>
  );
}
