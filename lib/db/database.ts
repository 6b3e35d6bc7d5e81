import 'server-only';
import { ConfigError, config } from '../config';
import { createKeyring } from '../crypto/keyring';
import { describeError, log } from '../log';
import { processWide } from '../process-wide';
import { prepareStoredData } from '../stored-data';
import { type Database, type OpenDatabase, openDatabase } from './client';
import { LockedError } from './lock';
import { DatabaseUnavailable } from './unavailable';

export { DatabaseUnavailable };

const RETRY_AFTER_MS = 500;

interface Slot {
  open?: OpenDatabase;
  opening?: Promise<OpenDatabase>;
  failedAt?: number;
}

const slot = processWide<Slot>('database', () => ({}));

/**
 * The process's database, opened and migrated on first use. A failed start is tried again, at most twice a second.
 * @throws DatabaseUnavailable while it cannot be reached, LockedError when another process holds the embedded one,
 * ConfigError when a key is missing for what is stored in it.
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

async function openPrepared(): Promise<OpenDatabase> {
  const { database: where, piiKeys } = config();
  const opened = await openDatabase(where);
  try {
    await prepareStoredData(opened.db, createKeyring(piiKeys));
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}
