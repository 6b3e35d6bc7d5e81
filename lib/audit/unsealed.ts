import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { singleton } from '@/lib/singleton';

/**
 * Remembers the events that this process committed until they are sealed. A row that is deleted before it is sealed
 * leaves no gap in the chain; this memory reveals it (seal.ts).
 */
export class UnsealedEvents {
  private readonly ids = new Set<number>();
  private woken = new AbortController();

  /** Takes the ids of committed events and wakes the sealer. */
  committed(ids: number[]): void {
    for (const id of ids) this.ids.add(id);
    this.woken.abort();
  }

  /** Forgets events that are sealed, or known to be lost. */
  forget(ids: Iterable<number>): void {
    for (const id of ids) this.ids.delete(id);
  }

  /** Returns the ids of the events that still wait. */
  waiting(): number[] {
    return [...this.ids];
  }

  /** Returns after the next commit of events, or after this time. A commit since the last call counts. */
  async next(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.woken.signal }).catch(() => {});
    this.woken = new AbortController();
  }
}

/** Returns the unsealed events of this process, shared by all of Next's bundles. */
export function unsealedEvents(): UnsealedEvents {
  return singleton('audit-unsealed', () => ({ current: new UnsealedEvents() })).current;
}
