'use client';

import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/lib/utils';

/** Hides content behind a summary. A native `details` element, so it needs no script. */
export function Disclosure({
  id,
  summary,
  open,
  className,
  children,
}: {
  id?: string;
  summary: string;
  /** Opens and closes it from outside. The person's own choice stays until this changes. */
  open?: boolean;
  className?: string;
  children: ReactNode;
}) {
  return (
    <details id={id} open={open} className={cn('group rounded-card border border-border bg-card', className)}>
      <summary className="summary-row">
        {summary}
        <ChevronDown
          aria-hidden
          className="size-5 shrink-0 text-muted-foreground transition-transform group-open:rotate-180"
        />
      </summary>
      <div className="px-5 pb-5">{children}</div>
    </details>
  );
}
