import 'server-only';
import { ConfigError, config } from '@/lib/config/config';
import { describeError, log } from '@/lib/log/log';
import { singleton } from '@/lib/singleton';
import { type Connections, type Database, type OpenDatabase, openDatabase } from './client';
import { LockedError } from './lock';
import { DatabaseUnavailable } from './unavailable';

const RETRY_AFTER_MS = 500;

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

/**
 * Returns the process's database, opened and migrated on first use. Retries a failed start at most twice a second.
 * @throws DatabaseUnavailable while it cannot be reached; LockedError when another process holds the embedded database;
 * ConfigError when a key for stored data is missing.
 */
export async function database(): Promise<Database> {
  if (slot.open) return slot.open.db;
  if (!slot.opening && slot.failedAt && Date.now() - slot.failedAt < RETRY_AFTER_MS) throw new DatabaseUnavailable();
  slot.opening ??= openPrepared();
  try {
    slot.open = await slot.opening;
    return slot.open.db;
  } catch (error) {
    slot.failedAt = Date.now();
    if (error instanceof LockedError || error instanceof ConfigError) throw error;
    log().error({ event: 'database_unavailable', error: describeError(error) });
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
  const opened = await openDatabase(config().database);
  try {
    await opened.unlimited(slot.prepare);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}
