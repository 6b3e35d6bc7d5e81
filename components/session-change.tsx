'use client';

import { useEffect } from 'react';
import { announceSessionChange } from './session-channel';

/** Tells other tabs about a sign-out, so that they remove their widget at once. */
export function SessionChange() {
  useEffect(announceSessionChange, []);
  return null;
}
