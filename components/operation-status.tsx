import { CircleCheck, CircleDashed, CirclePause, CircleX } from 'lucide-react';
import { cn } from '@/lib/utils';

const STYLES = {
  Created: { Icon: CircleDashed, colour: 'text-warning' },
  Processing: { Icon: CircleDashed, colour: 'text-warning' },
  OnHold: { Icon: CirclePause, colour: 'text-warning' },
  Completed: { Icon: CircleCheck, colour: 'text-success' },
  Declined: { Icon: CircleX, colour: 'text-destructive' },
};

/** Shows an operation's status as text with an icon, since colour alone is not enough (WCAG 1.4.1). */
export function OperationStatus({ status, label }: { status: string; label: string }) {
  const { Icon, colour } = STYLES[status as keyof typeof STYLES] ?? {
    Icon: CircleDashed,
    colour: 'text-muted-foreground',
  };
  return (
    <span className={cn('inline-flex items-center gap-1.5 text-sm', colour)}>
      <Icon aria-hidden className="size-4 shrink-0" />
      {label}
    </span>
  );
}
