const NAME = 'portal-session';

/** Tells this browser's other tabs that who is signed in has changed: they ask the portal at once. */
export function announceSessionChange(): void {
  const channel = new BroadcastChannel(NAME);
  channel.postMessage('changed');
  channel.close();
}

/** Calls back when another tab says so. It is a hint, never the truth: that is the portal's to tell. @returns how to stop. */
export function onSessionChange(callback: () => void): () => void {
  const channel = new BroadcastChannel(NAME);
  channel.onmessage = callback;
  return () => channel.close();
}
