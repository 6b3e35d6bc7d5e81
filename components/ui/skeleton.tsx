import { cn } from '@/lib/utils';

/** Shows a loading placeholder. Callers must also announce loading in text. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn('animate-pulse rounded-control bg-muted', className)} />;
}
