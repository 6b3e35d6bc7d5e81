'use client';

import { ChevronRight } from 'lucide-react';
import Link from 'next/link';
import type { MouseEvent } from 'react';
import type { Operation } from '@/lib/wallet/operations-schema';
import { operationHref } from './operation-address';
import { OperationSummary } from './operation-summary';

interface OperationLinkProps {
  operation: Operation;
  /** The filter of the list, as a URL query. */
  filter?: string;
  /** Opens the operation on this page. Without it, the link leads to the activity. */
  onOpen?: (id: string) => void;
}

/** Shows an operation as a link to it, so that it can be copied and opened in another tab. */
export function OperationLink({ operation, filter, onOpen }: OperationLinkProps) {
  const { id } = operation;
  return (
    <Link
      href={operationHref(id, filter)}
      prefetch={false}
      onClick={onOpen && ((event) => opensHere(event) && onOpen(id))}
      className="-mx-3 flex w-[calc(100%+1.5rem)] items-center gap-3 rounded-control px-3 py-3.5 text-left transition-colors hover:bg-muted"
    >
      <span className="min-w-0 flex-1">
        <OperationSummary operation={operation} />
      </span>
      <ChevronRight aria-hidden className="size-5 shrink-0 text-muted-foreground" />
    </Link>
  );
}

/**
 * Prevents the navigation of a plain click. Another tab or window stays the browser's, and the first moments of a page stay
 * the link's: Next follows our changes of the address only once it has replaced `pushState`.
 */
export function opensHere(event: MouseEvent): boolean {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return false;
  if (!Object.hasOwn(window.history, 'pushState')) return false;
  event.preventDefault();
  return true;
}
