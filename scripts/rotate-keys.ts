// npm run keys:rotate: after a new key was put in front of PII_KEYS and the portal restarted with it, writes everything
// older keys have sealed anew. On PostgreSQL the portal goes on meanwhile.

import { countByKey } from '../lib/maintenance/data-migration';
import { rotateKeys } from '../lib/maintenance/rotate-keys';
import { withPortalData } from './portal-data';

await withPortalData(async (parts) => {
  const { rewritten, unreadable } = await rotateKeys(parts);
  console.log(`${rewritten} rows written anew with key "${parts.keyring.kids[0]}"`);
  if (unreadable > 0) console.log(`${unreadable} rows cannot be opened by any key here`);
  for (const { table, kid, rows } of await countByKey(parts.db))
    console.log(`  ${table}: ${rows} rows with key "${kid}"`);
  return unreadable === 0;
});
