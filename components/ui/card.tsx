import type { ComponentProps } from 'react';
import { cn } from '@/lib/utils';

/** Groups related content on a raised surface. */
export function Card({ className, ...props }: ComponentProps<'section'>) {
  return (
    <section className={cn('rounded-card border border-border bg-card p-6 shadow-card sm:p-8', className)} {...props} />
  );
}

/** Titles a card. Its `id` is the card's `aria-labelledby`. */
export function CardTitle({ className, ...props }: ComponentProps<'h2'>) {
  return <h2 className={cn('font-semibold text-lg', className)} {...props} />;
}
