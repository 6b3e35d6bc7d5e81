import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './client';

const TRIES = 4;
/** Serialization failure and deadlock: PostgreSQL undid everything and asks for another try (its manual, chapter 13.5). */
const TRY_AGAIN = new Set(['40001', '40P01']);

/** What each transaction under way has to tell once it is stored. */
const toTell = new WeakMap<object, (() => void)[]>();

/** Runs `tell` once this transaction of `inTransaction` is stored, and never if it is not. It must not throw. */
export function afterCommit(tx: Database, tell: () => void): void {
  toTell.get(tx)?.push(tell);
}

/**
 * A transaction that is tried again, up to three times, when it met another one. `work` may therefore run several
 * times: it must do nothing but statements.
 * @throws the driver's error.
 */
export async function inTransaction<T>(db: Database, work: (tx: Database) => Promise<T>): Promise<T> {
  for (let left = TRIES - 1; ; left -= 1) {
    try {
      const stored: (() => void)[] = [];
      const result = await db.transaction(async (tx) => {
        toTell.set(tx, stored);
        return work(tx);
      });
      // Inside another one nothing is stored before that is.
      const outer = toTell.get(db);
      if (outer) outer.push(...stored);
      else for (const tell of stored) tell();
      return result;
    } catch (error) {
      if (left === 0 || !TRY_AGAIN.has(sqlState(error))) throw error;
      await sleep(5 + Math.random() * 20);
    }
  }
}

/** PostgreSQL's five-character code; drizzle wraps the driver's error. */
function sqlState(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : sqlState(error.cause);
}
