const NAME = 'portal-session';

/** Tells this browser's other tabs that the session has changed, so that they poll at once. */
export function announceSessionChange(): void {
  const channel = new BroadcastChannel(NAME);
  channel.postMessage('changed');
  channel.close();
}

/** Subscribes to announcements of other tabs. They are hints: ask the portal for the state. @returns unsubscribe. */
export function onSessionChange(callback: () => void): () => void {
  const channel = new BroadcastChannel(NAME);
  channel.onmessage = callback;
  return () => channel.close();
}
