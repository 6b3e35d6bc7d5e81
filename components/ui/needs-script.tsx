import type { ReactNode } from 'react';
import { Notice } from './notice';

/** Shows a notice in browsers without script, in place of a part that needs it. */
export function NeedsScript({ children }: { children: ReactNode }) {
  return (
    <noscript>
      <Notice>{children}</Notice>
    </noscript>
  );
}
