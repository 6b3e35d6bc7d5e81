import type { ComponentProps } from 'react';
import { cn } from '@/lib/utils';

/** Groups related content on a raised surface. */
export function Card({ className, ...props }: ComponentProps<'section'>) {
  return <section className={cn('card-base', className)} {...props} />;
}

/** Titles a card. Its `id` is the card's `aria-labelledby`. */
export function CardTitle({ large, className, ...props }: ComponentProps<'h2'> & { large?: boolean }) {
  return <h2 className={cn('font-semibold', large ? 'text-xl' : 'text-lg', className)} {...props} />;
}
