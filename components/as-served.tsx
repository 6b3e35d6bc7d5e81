'use client';

import { useLayoutEffect, useRef, useState } from 'react';

/** Nodes of the server's HTML, and the element in them that has the focus. */
interface ServedNodes {
  nodes: ChildNode[];
  focused: HTMLElement | null;
}

let isTakenOver = false;

/** To be called once React has drawn a page: from then on no page is the server's HTML. */
export function takeOver(): void {
  isTakenOver = true;
}

/**
 * What the server sent, for an error page that React draws in its place because a script of the first page is missing.
 * @returns null unless `wanted`, and where React has drawn a page before.
 */
export function useServedNodes(wanted: boolean, selector: 'main' | 'body'): ServedNodes | null {
  // While this renders, the server's HTML is still there.
  const [served] = useState(() => {
    const parent = wanted && !isTakenOver && typeof document !== 'undefined' && document.querySelector(selector);
    return parent ? { nodes: [...parent.childNodes], focused: document.activeElement as HTMLElement | null } : null;
  });
  return served;
}

/**
 * Puts the server's HTML back into the document, with everything that was typed into it. Forms and links in it work
 * without script.
 */
export function AsServed({ served, className }: { served: ServedNodes; className?: string }) {
  const host = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    host.current?.replaceChildren(...served.nodes);
    served.focused?.focus({ preventScroll: true });
  }, [served]);
  return <div ref={host} className={className} />;
}
