'use client';

import { useEffect, useRef } from 'react';

/**
 * Returns a ref. Its element takes the focus when it appears, if the focus went with what it replaces.
 * @param isReplacement whether it replaces something; a page that has just loaded keeps the focus at its beginning.
 */
export function useLostFocus<Target extends HTMLElement>(isReplacement = true) {
  const element = useRef<Target>(null);
  useEffect(() => {
    if (isReplacement && document.activeElement === document.body) element.current?.focus({ preventScroll: true });
  }, [isReplacement]);
  return element;
}
