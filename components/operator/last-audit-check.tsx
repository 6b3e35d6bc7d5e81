import { useFormatter, useTranslations } from 'next-intl';

interface AuditCheck {
  at: Date;
  /** The intact entries. */
  events: number;
  problem: string | null;
}

/** Says when the chain of the audit log was last verified, and with what result. */
export function LastAuditCheck({ check }: { check: AuditCheck | null }) {
  const t = useTranslations('integration.audit');
  const format = useFormatter();
  if (!check) return <p>{t('never')}</p>;
  const { at, events, problem } = check;
  const facts = { time: format.dateTime(at, { dateStyle: 'medium', timeStyle: 'short' }), events };
  return problem === null ? (
    <p>{t('intact', facts)}</p>
  ) : (
    <p className="font-medium text-destructive">{t('broken', { ...facts, problem })}</p>
  );
}
