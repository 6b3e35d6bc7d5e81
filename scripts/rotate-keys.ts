// npm run keys:rotate
import { countByKey } from '../lib/maintenance/data-migration';
import { rotateKeys } from '../lib/maintenance/rotate-keys';
import { readCommandLine } from './command-line.mjs';
import { withPortalData } from './portal-data';

readCommandLine(`Seals data of older keys with the newest one. First put the new key in front of PII_KEYS and restart the portal.
On PostgreSQL the portal keeps running meanwhile.

npm run keys:rotate`);

await withPortalData(async (services) => {
  const { rewritten, unreadable } = await rotateKeys(services);
  console.log(`${rewritten} rows written anew with key "${services.keyring.kids[0]}"`);
  if (unreadable > 0) console.log(`${unreadable} rows cannot be opened by any key here`);
  for (const { table, kid, rows } of await countByKey(services.db))
    console.log(`  ${table}: ${rows} rows with key "${kid}"`);
  return unreadable === 0;
});
