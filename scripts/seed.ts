// npm run seed
import pg from 'pg';
import { config } from '../lib/config/config';
import { prepareStoredData } from '../lib/maintenance/data-migration';
import { readCommandLine, refuseCall } from './command-line.mjs';
import { withPortalData } from './portal-data';
import { seedPeople } from './seed-people';

const USAGE = `Fills the database with invented customers, to try the support console at the size of an institution. Never run it
on a database with real customers, nor while a portal uses it.

npm run seed -- [options]
  --customers <number>  how many; 1000 by default
  --first <number>      the number of the first one; 1 by default`;

const { values } = readCommandLine(USAGE, {
  options: { customers: { type: 'string', default: '1000' }, first: { type: 'string', default: '1' } },
});
const [first, customers] = [Number(values.first), Number(values.customers)];
if (!(Number.isInteger(first) && Number.isInteger(customers) && first > 0 && customers > 0))
  refuseCall('--customers and --first must be whole numbers above 0', USAGE);

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
