'use client';

import { useEffect, useRef } from 'react';

/**
 * Moves the focus to a form's new outcome. If it came with the page, leaves the focus with a person who already types or
 * presses something: the scrolling that comes with the focus would take a press from its target.
 * @param outcome an object of its own for each submission; empty before the first.
 */
export function useFocusOn<Target extends HTMLElement>(outcome: object) {
  const element = useRef<Target>(null);
  const cameWithPage = useRef(true);
  useEffect(() => {
    const isUsed = document.activeElement !== document.body || document.querySelector(':active') !== null;
    const isBusy = cameWithPage.current && isUsed;
    cameWithPage.current = false;
    if (Object.keys(outcome).length > 0 && !isBusy) element.current?.focus();
  }, [outcome]);
  return element;
}
