import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, config } from '@/lib/config/config';
import { describeError, log } from '@/lib/log/log';
import { singleton } from '@/lib/singleton';
import { type Connections, type Database, type OpenDatabase, openDatabase } from './client';
import { LockedError } from './lock';
import { remedyOf } from './remedy';
import { DatabaseUnavailable } from './unavailable';
import { databaseWait } from './waiting';

const RETRY_AFTER_MS = 500;
/** Requests wait so long for the opening, as they do for a connection. */
const OPENS_WITHIN_MS = 1_000;

interface Slot {
  open?: OpenDatabase;
  opening?: Promise<OpenDatabase>;
  failedAt?: number;
  prepare?: (db: Database) => Promise<void>;
}

const slot = singleton<Slot>('database', () => ({}));

/** Registers the preparation of a newly opened database, which runs before any other use. Called once, at start-up. */
export function prepareDatabaseWith(prepare: (db: Database) => Promise<void>): void {
  slot.prepare = prepare;
}

/** Makes an opened database the process's own, in a command that runs beside the portal. */
export function adoptDatabase(opened: OpenDatabase): void {
  slot.open = opened;
}

/**
 * Returns the process's database, opened and migrated on first use. Retries a failed start at most twice a second.
 * @throws DatabaseUnavailable while it cannot be reached or is being migrated; LockedError when another process holds
 * the embedded database; ConfigError when a key for stored data is missing.
 */
export async function database(): Promise<Database> {
  if (slot.open) return slot.open.db;
  const late = new AbortController();
  const notYet = sleep(OPENS_WITHIN_MS, undefined, late).then(() => {
    throw new DatabaseUnavailable();
  });
  return Promise.race([openedDatabase(), notYet]).finally(() => late.abort());
}

/** Returns the same after its migrations, however long these take. @throws as `database` does. */
export async function openedDatabase(): Promise<Database> {
  if (slot.open) return slot.open.db;
  if (!slot.opening && slot.failedAt && Date.now() - slot.failedAt < RETRY_AFTER_MS) throw new DatabaseUnavailable();
  slot.opening ??= openPrepared();
  try {
    slot.open = await slot.opening;
    databaseWait().end();
    return slot.open.db;
  } catch (error) {
    slot.failedAt = Date.now();
    if (error instanceof LockedError || error instanceof ConfigError) throw error;
    const fields = { event: 'database_unavailable', error: describeError(error), lookAt: remedyOf(error) };
    databaseWait().report('the database', fields);
    throw new DatabaseUnavailable();
  } finally {
    slot.opening = undefined;
  }
}

/** Returns how the pool of connections stands; undefined before it is open, and for the embedded database. */
export function connections(): Connections | undefined {
  return slot.open?.connections?.();
}

async function openPrepared(): Promise<OpenDatabase> {
  if (!slot.prepare) throw new Error('prepareDatabaseWith was not called (lib/server/start.ts)');
  const { database } = config();
  const opened = await openDatabase(database, databaseWait());
  try {
    if (database.kind === 'postgres') databaseWait().begin('the check of stored data');
    await opened.unlimited(slot.prepare);
    const { limitsBy = 'connection' } = opened;
    if (limitsBy !== 'connection') log().info({ event: 'database_behind_pooler', limitsBy });
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}
