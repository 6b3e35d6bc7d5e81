import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { z } from 'zod';
import { Interruption } from '@/components/interruption';
import { AuditLog } from '@/components/operator/audit-log';
import { LastAuditCheck } from '@/components/operator/last-audit-check';
import { TooMany } from '@/components/operator/too-many';
import { PageHeading } from '@/components/page-heading';
import { buttonStyle } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { AUDIT_PAGE, readAuditLog } from '@/lib/audit/read';
import { requireOperator } from '@/lib/auth/session';
import { lastAuditCheck } from '@/lib/integration/audit-check';
import { recordShown, withinLimit } from '@/lib/operator/read';
import { interruptible } from '@/lib/pages/interruptible';
import { getServices } from '@/lib/services';

type Search = Promise<Record<string, string | string[] | undefined>>;

async function AuditPage({ searchParams }: { searchParams: Search }) {
  const operator = await requireOperator('/operator/audit', 'read-audit-log');
  if (!(await withinLimit(operator))) return <TooMany />;
  const search = await searchParams;
  const before = /^\d{1,15}$/.test(String(search.before ?? '')) ? Number(search.before) : null;
  const subject = z.uuid().safeParse(search.subject).data ?? null;
  const services = await getServices();
  const lines = await readAuditLog(services, { before, subject });
  const filter = subject ? ({ subject, filter: 'customer' } as const) : {};
  await recordShown(services, operator, { object: 'audit-log', ...filter, page: lines[0]?.id, results: lines.length });
  const t = await getTranslations('operator.auditLog');
  const navigation = await getTranslations('operator.navigation');
  const older = new URLSearchParams({ before: String(lines.at(-1)?.id), ...(subject ? { subject } : {}) });
  return (
    <>
      <PageHeading title={t('title')} intro={subject ? t('introOfOne', { subject }) : t('intro')} />
      <Card aria-label={t('title')} className="space-y-4">
        <LastAuditCheck check={await lastAuditCheck(services)} />
        <AuditLog lines={lines} label={t('title')} />
      </Card>
      <div className="mt-6 flex flex-wrap items-center gap-3">
        {(before || subject) && (
          <Link href="/operator/audit" prefetch={false} className={buttonStyle({ variant: 'secondary' })}>
            {t('newest')}
          </Link>
        )}
        {lines.length === AUDIT_PAGE && (
          <Link href={`/operator/audit?${older}`} prefetch={false} className={buttonStyle({ variant: 'secondary' })}>
            {t('older')}
          </Link>
        )}
        <Link href="/operator" prefetch={false} className="text-primary underline">
          {navigation('customers')}
        </Link>
      </div>
    </>
  );
}

export default interruptible(AuditPage, Interruption, 'operator.auditLog.title');
