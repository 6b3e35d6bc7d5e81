import 'server-only';
import { singleton } from '@/lib/singleton';
import type { Figures } from './holdings';
import type { OperationsPage } from './operations-schema';

// What KunaCore last said about a wallet, so that pages can show it while KunaCore is slow or down. Kept in this process's
// memory alone (docs/decisions/070-last-known-figures.md): it is never at rest, and a restart forgets it.

/** What is known of a wallet. Its id always comes from a session. */
interface LastKnown {
  figures?: Figures;
  /** The first page of all operations. */
  operations?: { at: number; page: OperationsPage };
}

/** Older figures say little about what somebody owns. */
export const KEPT_MS = 24 * 3_600_000;

/** Bounds the memory to about 20 MB. The wallet that was read longest ago is forgotten first. */
const MOST = 2_000;

export type LastKnownStore = Map<string, LastKnown>;

const processStore = singleton<LastKnownStore>('last-known', () => new Map());

/** Keeps what KunaCore has just said. */
export function keepLastKnown(walletId: string, said: LastKnown, store = processStore): void {
  const known = store.get(walletId);
  store.delete(walletId);
  store.set(walletId, { ...known, ...said });
  const [oldest] = store.keys();
  if (store.size > MOST && oldest !== undefined) store.delete(oldest);
}

/** Returns what KunaCore last said, without what is too old. */
export function lastKnown(walletId: string, now = Date.now(), store = processStore): LastKnown {
  const { figures, operations } = store.get(walletId) ?? {};
  const isFresh = (said: { at: number } | undefined) => said !== undefined && now - said.at < KEPT_MS;
  return { ...(isFresh(figures) && { figures }), ...(isFresh(operations) && { operations }) };
}

/** Forgets a wallet whose account is deleted. Other instances show it for a day at most. */
export function forgetLastKnown(walletId: string, store = processStore): void {
  store.delete(walletId);
}
