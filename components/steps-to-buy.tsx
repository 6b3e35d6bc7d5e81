import { Check } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { CustomerState } from '@/lib/customers/state';
import { cn } from '@/lib/utils';

const STEPS = ['details', 'check', 'purchase'] as const;

/** How many steps are done. The other states come later, or end the way. */
const DONE: Partial<Record<CustomerState['state'], number>> = {
  'details-missing': 0,
  returned: 0,
  rejected: 0,
  'waiting-for-review': 1,
  creating: 1,
  verifying: 1,
  conflict: 1,
  ready: 2,
};

/** Shows the way to the first purchase: what is done, and what comes now. */
export function StepsToBuy({ state }: { state: CustomerState['state'] }) {
  const t = useTranslations('account.steps');
  const done = DONE[state];
  if (done === undefined) return null;
  return (
    <ol aria-label={t('title')} className="grid grid-cols-3 gap-2 text-sm">
      {STEPS.map((step, index) => (
        <li
          key={step}
          aria-current={index === done ? 'step' : undefined}
          className={cn(
            'space-y-1.5 border-t-4 pt-2 font-medium',
            index <= done ? 'border-primary' : 'border-border text-muted-foreground',
          )}
        >
          <span className="flex items-start gap-1.5">
            {index < done && <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-primary" />}
            <span>{t(step)}</span>
          </span>
          {index < done && <span className="sr-only">{t('done')}</span>}
        </li>
      ))}
    </ol>
  );
}
