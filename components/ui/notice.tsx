import { cva, type VariantProps } from 'class-variance-authority';
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/lib/utils';

const notice = cva('notice-base', {
  variants: {
    tone: {
      info: 'bg-primary-soft [&>svg]:text-primary',
      good: 'bg-success-soft [&>svg]:text-success',
      warn: 'bg-warning-soft [&>svg]:text-warning',
      bad: 'bg-destructive-soft [&>svg]:text-destructive',
    },
  },
  defaultVariants: { tone: 'info' },
});

const ICONS = { info: Info, good: CircleCheck, warn: TriangleAlert, bad: CircleAlert };

/** Shows a message with a tone. `alert` makes a screen reader announce it at once. */
export function Notice({
  tone = 'info',
  title,
  alert = false,
  className,
  children,
}: VariantProps<typeof notice> & { title?: string; alert?: boolean; className?: string; children?: ReactNode }) {
  const Icon = ICONS[tone ?? 'info'];
  return (
    <div className={cn(notice({ tone }), className)} role={alert ? 'alert' : undefined}>
      <Icon aria-hidden className="mt-0.5 size-5 shrink-0" />
      <div className="min-w-0 space-y-2">
        {title && <p className="font-semibold">{title}</p>}
        {children}
      </div>
    </div>
  );
}
