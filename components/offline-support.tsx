'use client';

import { useEffect } from 'react';

/** Registers public/offline.js and has it keep the page for when there is no connection. Comfort: failing is fine. */
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
