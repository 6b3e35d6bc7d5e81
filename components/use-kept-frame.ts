'use client';

import { useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';

/**
 * Keeps the frame of the server's HTML when React discards that HTML and draws the page anew (keep-typed.tsx): another
 * frame would ask for another token, and a purchase that has begun would be gone. Browsers without `moveBefore` load
 * a moved frame again, so there the new draw makes its own.
 * @param visit names the frame, as its `data-visit`.
 * @returns `host` for the element that holds the frame, `element` for the frame, and whether it is in `host` already.
 */
export function useKeptFrame(visit: string) {
  const isFirstDraw = useSyncExternalStore(
    neverChanges,
    () => false,
    () => true,
  );
  // While this renders, the old HTML is still there; when it is committed, the old frame must be out of it.
  const [kept] = useState(() => (isFirstDraw ? null : setAside(visit)));
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

/** https://dom.spec.whatwg.org/#dom-parentnode-movebefore: moves a frame without loading it again. */
interface Movable {
  moveBefore: (node: Node, before: Node | null) => void;
}

const neverChanges = () => () => {};

function setAside(visit: string): HTMLIFrameElement | null {
  const frame = document.querySelector<HTMLIFrameElement>(`iframe[data-visit="${visit}"]`);
  if (!frame || !('moveBefore' in frame)) return null;
  // Of the body's children React leaves only scripts and styles where they are.
  const shelf = document.createElement('script');
  shelf.type = 'application/json';
  document.body.append(shelf);
  (shelf as unknown as Movable).moveBefore(frame, null);
  return frame;
}
