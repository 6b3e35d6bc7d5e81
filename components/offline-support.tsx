'use client';

import { useEffect } from 'react';

/** Registers public/offline.js, which stores the offline page. Optional, so failures are ignored. */
export function OfflineSupport() {
  useEffect(() => {
    if (!('serviceWorker' in navigator)) return;
    navigator.serviceWorker
      .register('/offline.js')
      .then(() => navigator.serviceWorker.ready)
      .then(({ active }) => active?.postMessage('keep-offline-page'))
      .catch(() => {});
  }, []);
  return null;
}
