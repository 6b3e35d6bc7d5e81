import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { OperatorTop } from '@/components/operator/top';
import { Shell } from '@/components/shell';
import { sessionForLayout } from '@/lib/auth/session';
import { config } from '@/lib/config/config';
import { may } from '@/lib/operator/permissions';
import { findCustomers } from './actions';
import { findLabels } from './find-labels';

// Each page calls `requireOperator` itself: Next does not render a layout again on every navigation.
export default async function OperatorLayout({ children }: { children: ReactNode }) {
  if (config().widget.type === 'kuna') notFound();
  const session = await sessionForLayout();
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
  return <Shell top={<OperatorTop labels={labels} find={find} />}>{children}</Shell>;
}
