import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './client';

const TRIES = 4;
/** Serialization failure and deadlock: PostgreSQL rolled back and the client retries (manual, chapter 13.5). */
const RETRYABLE = new Set(['40001', '40P01']);

/** Callbacks of each open transaction. */
const callbacks = new WeakMap<object, (() => void)[]>();

/** Runs `callback` after this transaction of `inTransaction` commits. The callback must not throw. */
export function afterCommit(tx: Database, callback: () => void): void {
  callbacks.get(tx)?.push(callback);
}

/**
 * Runs a transaction, and retries it up to three times when it conflicts with another one. `work` may run several times,
 * so it must only execute statements.
 * @throws the driver's error.
 */
export async function inTransaction<T>(db: Database, work: (tx: Database) => Promise<T>): Promise<T> {
  for (let left = TRIES - 1; ; left -= 1) {
    try {
      const stored: (() => void)[] = [];
      const result = await db.transaction(async (tx) => {
        callbacks.set(tx, stored);
        return work(tx);
      });
      // A nested transaction commits together with the outer one.
      const outer = callbacks.get(db);
      if (outer) outer.push(...stored);
      else for (const callback of stored) callback();
      return result;
    } catch (error) {
      if (left === 0 || !RETRYABLE.has(sqlState(error))) throw error;
      await sleep(5 + Math.random() * 20);
    }
  }
}

/** Returns PostgreSQL's error code, which drizzle wraps. */
function sqlState(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : sqlState(error.cause);
}
