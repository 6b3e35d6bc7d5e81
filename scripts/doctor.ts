// npm run doctor
import { readCommandLine, refuseCall } from './command-line.mjs';
import { doctor } from './doctor/doctor';
import { hasFailed, toText } from './doctor/report';
import { readSettings } from './settings.mjs';

const USAGE = `Reads the settings as npm start does, and tries every neighbour of the portal. Changes nothing anywhere.

npm run doctor [-- options]
  --only <groups>     try these alone, such as mail,widget (docs/doctor.md names all)
  --json              print the result as JSON
  --mail-to <e-mail>  send one message there
  --seconds <number>  the time for each group; 30 by default`;

const { values } = readCommandLine(USAGE, {
  options: {
    json: { type: 'boolean', default: false },
    'mail-to': { type: 'string' },
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '30' },
  },
});
if (!(Number(values.seconds) > 0)) refuseCall('--seconds must be a number above 0', USAGE);
const groups = await doctor({
  directory: process.cwd(),
  settings: readSettings(),
  environment: process.env,
  mailTo: values['mail-to'],
  only: values.only.toLowerCase().split(',').filter(Boolean),
  limitMs: Number(values.seconds) * 1000,
});
if (groups.length === 0) refuseCall('--only names no group', USAGE);
console.log(values.json ? JSON.stringify({ ok: !hasFailed(groups), groups }, null, 2) : toText(groups));
process.exit(hasFailed(groups) ? 1 : 0);
