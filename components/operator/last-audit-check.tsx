import { useLocale, useTranslations } from 'next-intl';
import { formatDate } from '@/lib/date-format';

interface AuditCheck {
  at: Date;
  /** The intact entries. */
  events: number;
  problem: string | null;
}

/** Says when the chain of the audit log was last verified, and with what result. */
export function LastAuditCheck({ check }: { check: AuditCheck | null }) {
  const t = useTranslations('integration.audit');
  const language = useLocale();
  if (!check) return <p>{t('never')}</p>;
  const { at, events, problem } = check;
  const facts = { time: formatDate(at, language), events };
  return problem === null ? (
    <p>{t('intact', facts)}</p>
  ) : (
    <p className="font-medium text-destructive">{t('broken', { ...facts, problem })}</p>
  );
}
