'use client';

import { useEffect, useState } from 'react';

const STATE = 'overPage';

/**
 * Opens something over the page so that Back closes it. The address stays, and with it the page: a change of the address
 * could end in a new iframe.
 */
export function useOverPage() {
  const [opened, setOpened] = useState<{ id: string; entries: number } | null>(null);
  useEffect(() => {
    if (!opened) return;
    const onBack = () => setOpened(null);
    window.addEventListener('popstate', onBack);
    return () => window.removeEventListener('popstate', onBack);
  }, [opened]);
  const open = (id: string) => {
    window.history.pushState({ [STATE]: true }, '');
    setOpened({ id, entries: window.history.length });
  };
  const close = () => {
    // An iframe that has navigated meanwhile has added an entry: going back would take its page away.
    const isOurs = window.history.state?.[STATE] && window.history.length === opened?.entries;
    if (isOurs) window.history.back();
    else setOpened(null);
  };
  return { openId: opened?.id ?? null, open, close };
}
