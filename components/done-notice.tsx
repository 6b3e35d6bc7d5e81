'use client';

import { useEffect, useRef, useState } from 'react';
import { Notice } from '@/components/ui/notice';
import { announce } from './announce';

/**
 * Says that an action has worked, until the person leaves the page. Takes the focus if the control that they used is
 * gone (WCAG 2.4.3). Otherwise it is announced (4.1.3).
 */
export function DoneNotice({ done }: { done: { text: string } | null }) {
  const [shown, setShown] = useState(done);
  // A refresh in place brings no message, and leaves the last one.
  if (done && done !== shown) setShown(done);
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!shown) return;
    if (document.activeElement === document.body) element.current?.focus();
    else announce(shown.text);
  }, [shown]);
  if (!shown) return null;
  return (
    <div ref={element} tabIndex={-1} className="mb-6 outline-none">
      <Notice tone="good">
        <p>{shown.text}</p>
      </Notice>
    </div>
  );
}
