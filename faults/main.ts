// npm run test:faults -- --schedules N --seed S [--path P]   in process: thousands of schedules a minute
// npm run test:faults -- --processes …                        real processes; faults/processes/main.ts has the rest
import { parseArgs } from 'node:util';
import { playInProcess } from './in-process/main';

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    path: { type: 'string' },
  },
});
const kept = await playInProcess(Number(values.schedules), Number(values.seed), values.path);
process.exit(kept ? 0 : 1);
