'use client';

import { type ReactNode, useSyncExternalStore } from 'react';
import { Notice } from './notice';

/**
 * Shows a notice in place of a part that needs script, in browsers without. Not a `noscript`: where the script does not
 * arrive, for example because an extension blocks it, the notice appears too, late.
 */
export function NeedsScript({ children }: { children: ReactNode }) {
  const isRunning = useSyncExternalStore(
    neverChanges,
    () => true,
    () => false,
  );
  if (isRunning) return null;
  return (
    <div className="appear-late m-0!">
      <Notice>{children}</Notice>
    </div>
  );
}

const neverChanges = () => () => {};
