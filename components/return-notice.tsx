import { useTranslations } from 'next-intl';
import { Notice } from '@/components/ui/notice';
import type { ReturnReason } from '@/lib/customers/return-reasons';

interface ReturnNoticeProps {
  /** Null when it can no longer be read. */
  why: { reason: ReturnReason; text: string } | null;
  /** KunaCore has an earlier version. */
  isEdit: boolean;
}

/** Tells a customer why an operator returned the details. */
export function ReturnNotice({ why, isEdit }: ReturnNoticeProps) {
  const t = useTranslations('review');
  return (
    <Notice tone="bad" title={t('returned')}>
      {why && <p>{t(`reasons.${why.reason}`)}</p>}
      {why?.text && <p className="whitespace-pre-line [overflow-wrap:anywhere]">{t('note', { text: why.text })}</p>}
      {isEdit && <p>{t('returnedEdit')}</p>}
    </Notice>
  );
}
