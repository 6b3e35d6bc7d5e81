'use client';

import { useEffect } from 'react';
import { announceSessionChange } from './session-channel';

/** On the page that follows "Sign out": the account's other tabs take their widget away without waiting. */
export function SessionChange() {
  useEffect(announceSessionChange, []);
  return null;
}
