import { CircleCheck, CircleDashed, CirclePause, CircleX } from 'lucide-react';
import { cn } from '@/lib/utils';
import { useOperationLabels } from './operation-labels';

const LOOKS = {
  Created: { Icon: CircleDashed, colour: 'text-warning' },
  Processing: { Icon: CircleDashed, colour: 'text-warning' },
  OnHold: { Icon: CirclePause, colour: 'text-warning' },
  Completed: { Icon: CircleCheck, colour: 'text-success' },
  Declined: { Icon: CircleX, colour: 'text-destructive' },
};

/** Where an operation stands: a word with an icon, so that colour is never all there is. */
export function OperationStatus({ status }: { status: string }) {
  const { statusLabel } = useOperationLabels();
  const { Icon, colour } = LOOKS[status as keyof typeof LOOKS] ?? {
    Icon: CircleDashed,
    colour: 'text-muted-foreground',
  };
  return (
    <span className={cn('inline-flex items-center gap-1.5 text-sm', colour)}>
      <Icon aria-hidden className="size-4 shrink-0" />
      {statusLabel(status)}
    </span>
  );
}
