'use client';

import { useEffect, useRef } from 'react';

/**
 * Moves the focus to a form's new outcome. If it came with the page, leaves the focus with a person who is already typing.
 * @param outcome an object of its own for each submission; empty before the first.
 */
export function useFocusOn<Target extends HTMLElement>(outcome: object) {
  const element = useRef<Target>(null);
  const cameWithPage = useRef(true);
  useEffect(() => {
    const isTyping = cameWithPage.current && document.activeElement !== document.body;
    cameWithPage.current = false;
    if (Object.keys(outcome).length > 0 && !isTyping) element.current?.focus();
  }, [outcome]);
  return element;
}
