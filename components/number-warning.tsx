import { useTranslations } from 'next-intl';
import { Notice } from '@/components/ui/notice';
import type { NumberDoubt } from '@/lib/customers/detail-fields';

/**
 * Asks to correct or confirm numbers that do not fit the chosen country. A confirmation names its number, so that it
 * covers only that one. Works without script.
 */
export function NumberWarning({ doubts = [] }: { doubts?: NumberDoubt[] }) {
  const t = useTranslations('details');
  if (doubts.length === 0) return null;
  return (
    <Notice tone="warn" title={t('doubts.title')} alert>
      <p>{t('doubts.hint')}</p>
      {doubts.map(({ field, number, confirmed }) => (
        <div key={`${field}:${number}`} className="flex gap-3">
          <input
            id={`${field}-as-it-stands`}
            name="asItStands"
            type="checkbox"
            value={`${field}:${number}`}
            defaultChecked={confirmed}
            className="mt-0.5 size-6 shrink-0 accent-primary"
          />
          <label htmlFor={`${field}-as-it-stands`} className="min-w-0 [overflow-wrap:anywhere]">
            {t('doubts.asItStands', { field: t(field), number })}
          </label>
        </div>
      ))}
    </Notice>
  );
}
