// npm run reconcile -- --once
import { config } from '../lib/config/config';
import { openDatabase } from '../lib/db/client';
import { adoptDatabase } from '../lib/db/database';
import { remedyOf } from '../lib/db/remedy';
import { kycSource } from '../lib/kyc/sources';
import { writeAnchors } from '../lib/server/background';
import { runOneRound } from '../lib/server/one-round';
import { readCommandLine, refuseCall } from './command-line.mjs';
import { loadSettings } from './portal-data';

const USAGE = `Does one round of the background work, where no process lives long (docs/serverless.md). A running portal does all
rounds itself. The last line is the summary, as JSON. Exits with 1 when work is left. Never migrates.

npm run reconcile -- --once [options]
  --seconds <number>  begin nothing new after so long; 60 by default`;

const { once, seconds } = readCommandLine(USAGE, {
  options: { once: { type: 'boolean' }, seconds: { type: 'string', default: '60' } },
}).values;

if (!once) refuseCall('--once is missing', USAGE);
if (!(Number(seconds) > 0)) refuseCall('--seconds must be a number above 0', USAGE);

loadSettings();
try {
  const { database } = config();
  kycSource();
  adoptDatabase(await openDatabase(database.kind === 'postgres' ? { ...database, migrations: 'fail' } : database));
  writeAnchors();
  const summary = await runOneRound(Number(seconds) * 1000);
  console.log(JSON.stringify(summary));
  process.exit(summary.complete ? 0 : 1);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if ((error as { code?: string }).code) console.error(`Look at ${remedyOf(error)}.`);
  process.exit(1);
}
