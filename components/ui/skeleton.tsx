import { cn } from '@/lib/utils';

/** Holds the place of what is on its way. Whoever uses it says so in words. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn('animate-pulse rounded-control bg-muted', className)} />;
}
