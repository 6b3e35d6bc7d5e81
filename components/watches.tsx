'use client';

import { KeepTyped } from './keep-typed';
import { OfflineSupport } from './offline-support';
import { ScriptWatch } from './script-watch';

/** Repairs and supports the page in the browser. Renders nothing. */
export function Watches() {
  return (
    <>
      <KeepTyped />
      <OfflineSupport />
      <ScriptWatch />
    </>
  );
}
