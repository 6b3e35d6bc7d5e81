// npm run seed -- --customers 1000000 [--first 1]: fills the database with invented customers, to try the support
// console at the size of an institution. Never run it on a database with real customers, nor while a portal uses it.
import { parseArgs } from 'node:util';
import pg from 'pg';
import { config } from '../lib/config/config';
import { prepareStoredData } from '../lib/maintenance/data-migration';
import { withPortalData } from './portal-data';
import { seedPeople } from './seed-people';

const { values } = parseArgs({
  options: { customers: { type: 'string', default: '1000' }, first: { type: 'string', default: '1' } },
});
const [first, customers] = [Number(values.first), Number(values.customers)];
if (!(Number.isInteger(first) && Number.isInteger(customers) && first > 0 && customers > 0))
  throw new Error('--customers and --first must be whole numbers');

await withPortalData(async ({ db, keyring }) => {
  await prepareStoredData(db, keyring);
  const { database } = config();
  if (database.kind !== 'postgres') throw new Error('Set DATABASE_URL: the embedded database is for a few customers');
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const began = performance.now();
  await seedPeople(
    (...query) => client.query(...query),
    keyring,
    first,
    first + customers - 1,
    (stored) => {
      if (stored % 100_000 === 0) console.log(`${stored.toLocaleString('en')} customers`);
    },
  ).finally(() => client.end());
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`${customers.toLocaleString('en')} customers added in ${seconds} s`);
  return true;
});
