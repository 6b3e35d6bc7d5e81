import type { ComponentProps } from 'react';
import { cn } from '@/lib/utils';

/** A raised surface that groups what belongs together. */
export function Card({ className, ...props }: ComponentProps<'section'>) {
  return (
    <section className={cn('rounded-card border border-border bg-card p-6 shadow-card sm:p-8', className)} {...props} />
  );
}
