import { type Config, config } from '../lib/config/config';
import { createKeyring, type Keyring } from '../lib/crypto/keyring';
import type { Database } from '../lib/db/client';
import { openDatabase } from '../lib/db/client';
import { setNetwork } from '../lib/network/network';
import { readSettings } from './settings.mjs';

/** Reads the files that npm start reads. The environment overrides them. */
export function loadSettings(): void {
  Object.assign(process.env, readSettings());
}

/**
 * Runs a command with the portal's database and keys, from the environment or the files that npm start reads. Prints one
 * line and exits with 1 on any failure. An embedded database must not be in use by a portal.
 */
export async function withPortalData(work: (services: { db: Database; keyring: Keyring }) => Promise<boolean>) {
  loadSettings();
  try {
    const { database, piiKeys, network } = config();
    setNetwork(network);
    const { unlimited, close } = await openDatabase(withoutWaiting(database));
    const ok = await unlimited((db) => work({ db, keyring: createKeyring(piiKeys) })).finally(close);
    process.exit(ok ? 0 : 1);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

/** A command does not wait for `npm run db:migrate`: it fails. */
function withoutWaiting(database: Config['database']): Parameters<typeof openDatabase>[0] {
  if (database.kind !== 'postgres' || database.migrations !== 'wait') return database;
  return { ...database, migrations: 'fail' };
}
