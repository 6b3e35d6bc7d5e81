// npm run bench: measures the portal and writes bench/results.json. See README.md beside this file.
import { execFileSync } from 'node:child_process';
import { browserPath } from '../e2e/browser';
import { build } from './build';
import { type Options, readOptions } from './options';
import { measureAudit } from './parts/audit';
import { measureBytes } from './parts/bytes';
import { measureConsole } from './parts/console';
import { measureCustomers } from './parts/customers';
import { measureDatabases } from './parts/databases';
import { measureLoad } from './parts/load';
import { measureProfile } from './parts/profile';
import { measureRequests } from './parts/requests';
import { measureWidget } from './parts/widget';
import { judge, print, type Row, store } from './report';
import { killEverything } from './stack';

const PARTS: Record<string, (options: Options) => Promise<Row[]>> = {
  widget: measureWidget,
  requests: measureRequests,
  profile: measureProfile,
  bytes: measureBytes,
  customers: measureCustomers,
  console: measureConsole,
  audit: measureAudit,
  databases: measureDatabases,
  load: measureLoad,
};

/** A missed bound of these parts is an error: nothing else shows it at this size. */
const STRICT = ['console'];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    killEverything();
    process.exit(1);
  });

const options = readOptions(process.argv.slice(2));
const unknown = options.parts.filter((name) => !PARTS[name]);
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}. The parts: ${Object.keys(PARTS).join(', ')}.`);
  process.exit(1);
}
// The load takes longer than all others together, so it runs only when it is named.
const chosen = options.parts.length > 0 ? options.parts : Object.keys(PARTS).filter((name) => name !== 'load');
const chromium = execFileSync(browserPath(), ['--version'], { encoding: 'utf8' }).trim();
if (options.build) build();
let failed = false;
for (const name of chosen) {
  const began = performance.now();
  try {
    const rows = (await PARTS[name]?.(options)) ?? [];
    const seconds = (performance.now() - began) / 1000;
    print(`${name} (${Math.round(seconds)} s)`, rows);
    store(name, rows, seconds, chromium);
    if (STRICT.includes(name) && judge(rows).some(({ met }) => met === false)) failed = true;
  } catch (error) {
    // The other parts are still worth measuring.
    failed = true;
    console.error(`${name} could not be measured:`, error);
  }
}
process.exit(failed ? 1 : 0);
