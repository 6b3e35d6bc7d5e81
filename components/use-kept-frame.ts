'use client';

import { useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';

/**
 * Keeps the iframe of the server's HTML when React renders the page again (keep-typed.tsx). A new iframe would request
 * another token and lose a purchase in progress. Browsers without `moveBefore` reload a moved iframe, so they get a
 * new one.
 * @param visit names the iframe, as its `data-visit`.
 * @returns refs for the iframe's parent and the iframe, and whether the iframe was kept.
 */
export function useKeptFrame(visit: string) {
  const isFirstRender = useSyncExternalStore(
    neverChanges,
    () => false,
    () => true,
  );
  // The old HTML exists during this render only: take the iframe out before React commits.
  const [kept] = useState(() => (isFirstRender ? null : setAside(visit)));
  const host = useRef<HTMLDivElement>(null);
  const element = useRef<HTMLIFrameElement>(kept);
  useLayoutEffect(() => {
    if (!kept || !host.current || kept.parentNode === host.current) return;
    const shelf = kept.parentElement;
    (host.current as unknown as Movable).moveBefore(kept, null);
    shelf?.remove();
  }, [kept]);
  return { host, element, isKept: kept !== null };
}

/** Moves an iframe without reloading it: https://dom.spec.whatwg.org/#dom-parentnode-movebefore. */
interface Movable {
  moveBefore: (node: Node, before: Node | null) => void;
}

const neverChanges = () => () => {};

function setAside(visit: string): HTMLIFrameElement | null {
  const frame = document.querySelector<HTMLIFrameElement>(`iframe[data-visit="${visit}"]`);
  if (!frame || !('moveBefore' in frame)) return null;
  // React keeps only scripts and styles among the body's children.
  const shelf = document.createElement('script');
  shelf.type = 'application/json';
  document.body.append(shelf);
  (shelf as unknown as Movable).moveBefore(frame, null);
  return frame;
}
