// npm run db:migrate
import { config } from '../lib/config/config';
import { createKeyring } from '../lib/crypto/keyring';
import { openDatabase } from '../lib/db/client';
import { withConnection } from '../lib/db/connection';
import { remedyOf } from '../lib/db/remedy';
import { grantRights } from '../lib/db/rights';
import { databaseWait } from '../lib/db/waiting';
import { prepareStoredData } from '../lib/maintenance/data-migration';
import { readCommandLine } from './command-line.mjs';
import { loadSettings } from './portal-data';

const USAGE = `Applies the migrations and prepares stored data, apart from a start. Run it as the role that owns the schema:
DATABASE_DIRECT_URL, or DATABASE_URL, of its own environment (docs/databases.md).

npm run db:migrate [-- options]
  --grant <role>  give a run-time role the rights that this version needs`;

const { grant } = readCommandLine(USAGE, { options: { grant: { type: 'string' } } }).values;

loadSettings();
try {
  const { database, piiKeys } = config();
  if (database.kind !== 'postgres')
    throw new Error('Set DATABASE_URL: the portal migrates its embedded database itself');
  const { directUrl } = database;
  const { unlimited, close } = await openDatabase({ kind: 'postgres', url: directUrl }, databaseWait());
  await unlimited((db) => prepareStoredData(db, createKeyring(piiKeys))).finally(close);
  console.log('The schema and the stored data are up to date.');
  if (grant) await withConnection(directUrl, (client) => grantRights(client, grant));
  if (grant) console.log(`The role ${grant} has the rights that the portal needs.`);
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if ((error as { code?: string }).code) console.error(`Look at ${remedyOf(error)}.`);
  process.exit(1);
}
