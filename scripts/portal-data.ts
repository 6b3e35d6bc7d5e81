import { existsSync } from 'node:fs';
import { config } from '../lib/config/config';
import { createKeyring, type Keyring } from '../lib/crypto/keyring';
import type { Database } from '../lib/db/client';
import { openDatabase } from '../lib/db/client';
import { setNetwork } from '../lib/network/network';

/**
 * Runs a command with the portal's database and keys, from the environment or .env. Prints one line and exits with 1 on
 * any failure. An embedded database must not be in use by a portal.
 */
export async function withPortalData(work: (services: { db: Database; keyring: Keyring }) => Promise<boolean>) {
  if (existsSync('.env')) process.loadEnvFile('.env');
  try {
    const { database, piiKeys, network } = config();
    setNetwork(network);
    const { unlimited, close } = await openDatabase(database);
    const ok = await unlimited((db) => work({ db, keyring: createKeyring(piiKeys) })).finally(close);
    process.exit(ok ? 0 : 1);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
