'use client';

import { useLayoutEffect, useRef, useState } from 'react';

/** Nodes of the server's HTML, and the focused element. */
interface ServedNodes {
  nodes: ChildNode[];
  focused: HTMLElement | null;
}

let isTakenOver = false;

/** Records that React has drawn a page. From then on the document is no longer the server's HTML. */
export function takeOver(): void {
  isTakenOver = true;
}

/**
 * Returns the server's HTML, for an error page that would replace it only because a script is missing.
 * @returns null if not `enabled`, or if React has drawn a page before.
 */
export function useServedNodes(enabled: boolean, selector: 'main' | 'body'): ServedNodes | null {
  // While this renders, the server's HTML is still there.
  const [served] = useState(() => {
    const parent = enabled && !isTakenOver && typeof document !== 'undefined' && document.querySelector(selector);
    return parent ? { nodes: [...parent.childNodes], focused: document.activeElement as HTMLElement | null } : null;
  });
  return served;
}

/** Restores the server's HTML with everything typed into it. Its forms and links work without script. */
export function AsServed({ served, className }: { served: ServedNodes; className?: string }) {
  const host = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    host.current?.replaceChildren(...served.nodes);
    served.focused?.focus({ preventScroll: true });
  }, [served]);
  return <div ref={host} className={className} />;
}
