// npm run reconcile -- --once [--seconds 60]: does one round of the background work, where no process lives long
// (docs/serverless.md). Its last line is the summary, as JSON. Exits with 1 when work is left. Never migrates.
import { parseArgs } from 'node:util';
import { config } from '../lib/config/config';
import { openDatabase } from '../lib/db/client';
import { adoptDatabase } from '../lib/db/database';
import { remedyOf } from '../lib/db/remedy';
import { kycSource } from '../lib/kyc/sources';
import { writeAnchors } from '../lib/server/background';
import { runOneRound } from '../lib/server/one-round';
import { loadSettings } from './portal-data';

const { once, seconds } = parseArgs({
  options: { once: { type: 'boolean' }, seconds: { type: 'string', default: '60' } },
}).values;

if (!once || !(Number(seconds) > 0)) {
  console.error('Usage: npm run reconcile -- --once [--seconds 60]. A running portal does all rounds itself.');
  process.exit(1);
}

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
