import type { Metadata } from 'next';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { z } from 'zod';
import { Interruption } from '@/components/interruption';
import { TooMany } from '@/components/operator/too-many';
import { Trail } from '@/components/operator/trail';
import { PageHeading } from '@/components/page-heading';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { readAuditLog } from '@/lib/audit/read';
import { requireOperator } from '@/lib/auth/session';
import { recordShown, withinLimit } from '@/lib/operator/read';
import { interruptible } from '@/lib/pages/interruptible';
import { services } from '@/lib/services';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('operator.auditLog'))('title') };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

async function AuditPage({ searchParams }: { searchParams: Search }) {
  const operator = await requireOperator('/operator/audit');
  if (!(await withinLimit(operator))) return <TooMany />;
  const asked = await searchParams;
  const before = /^\d{1,15}$/.test(String(asked.before ?? '')) ? Number(asked.before) : null;
  const subject = z.uuid().safeParse(asked.subject).data ?? null;
  const parts = await services();
  const lines = await readAuditLog(parts, { before, subject });
  const narrowed = subject ? ({ subject, filter: 'customer' } as const) : {};
  await recordShown(parts, operator, { object: 'audit-log', ...narrowed, page: lines[0]?.seq, results: lines.length });
  const oldest = lines.at(-1)?.seq ?? 1;
  const t = await getTranslations('operator.auditLog');
  const older = new URLSearchParams({ before: String(oldest), ...(subject ? { subject } : {}) });
  return (
    <>
      <PageHeading title={t('title')} intro={subject ? t('introOfOne', { subject }) : t('intro')} />
      <Card aria-label={t('title')}>
        <Trail lines={lines} label={t('title')} />
      </Card>
      <div className="mt-6 flex flex-wrap gap-3">
        {(before || subject) && (
          <Button asChild variant="secondary">
            <Link href="/operator/audit">{t('newest')}</Link>
          </Button>
        )}
        {oldest > 1 && lines.length > 0 && (
          <Button asChild variant="secondary">
            <Link href={`/operator/audit?${older}`}>{t('older')}</Link>
          </Button>
        )}
      </div>
    </>
  );
}

export default interruptible(AuditPage, Interruption);
