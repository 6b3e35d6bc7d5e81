'use client';

import { X } from 'lucide-react';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { cn } from '@/lib/utils';

interface DrawerProps {
  title: string;
  closeLabel: string;
  onClose: () => void;
  className?: string;
  children: ReactNode;
}

/**
 * Opens a panel over the page while it is mounted. The native modal dialog keeps the focus inside, closes on Escape and
 * returns the focus to its opener (WCAG 2.4.3). `data-autofocus` marks the element to focus first.
 */
export function Drawer({ title, closeLabel, onClose, className, children }: DrawerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Not useEffect: a dialog returns the focus only while it is in the page.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => element?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the browser closes the dialog on Escape.
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onClose={onClose}
      onClick={({ target }) => target === dialog.current && dialog.current?.close()}
      className={cn(
        'm-0 ml-auto h-dvh max-h-none w-full max-w-md overflow-y-auto border-border bg-card sm:border-l',
        className,
      )}
    >
      <div className="flex min-h-full flex-col gap-6 p-6">
        <div className="flex items-start justify-between gap-4">
          <h2 id={titleId} className="text-balance font-semibold text-xl">
            {title}
          </h2>
          <button
            type="button"
            onClick={() => dialog.current?.close()}
            aria-label={closeLabel}
            className="-m-2 grid size-11 shrink-0 cursor-pointer place-items-center rounded-control text-muted-foreground hover:bg-muted hover:text-foreground"
          >
            <X aria-hidden className="size-5" />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
