// npm run doctor: reads the settings as npm start does, and tries every neighbour of the portal. Changes nothing anywhere.
// docs/doctor.md has the options and the exit codes.
import { parseArgs } from 'node:util';
import { doctor } from './doctor/doctor';
import { hasFailed, toText } from './doctor/report';
import { readSettings } from './settings.mjs';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    'mail-to': { type: 'string' },
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '30' },
  },
});
const groups = await doctor({
  directory: process.cwd(),
  settings: readSettings(),
  environment: process.env,
  mailTo: values['mail-to'],
  only: values.only.toLowerCase().split(',').filter(Boolean),
  limitMs: Number(values.seconds) * 1000,
});
if (groups.length === 0) throw new Error('--only names no group: see docs/doctor.md');
console.log(values.json ? JSON.stringify({ ok: !hasFailed(groups), groups }, null, 2) : toText(groups));
process.exit(hasFailed(groups) ? 1 : 0);
