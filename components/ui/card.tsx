import type { ComponentProps } from 'react';
import { cn } from './class-names';

/** A raised surface that groups what belongs together. */
export function Card({ className, ...props }: ComponentProps<'section'>) {
  return (
    <section
      className={cn('rounded-card border border-line bg-surface p-6 shadow-card sm:p-8', className)}
      {...props}
    />
  );
}
