// npm run --prefix verification faults -- --schedules N --seed S [--path P]      the portal's own code, thousands of schedules a minute
// npm run --prefix verification faults -- --processes --schedules N --seed S [--instances 1|2] [--database embedded|postgres] [--no-build]
//   Details are reviewed by two operators where the seed is odd.
// npm run --prefix verification faults -- --mails N --seed S [--database embedded|postgres]   N purchases, killed portals and mail servers
// npm run --prefix verification faults -- --measure sign-out | saves | provider-ends   figures of docs/guarantees.md
import { parseArgs } from 'node:util';
import { playInProcess } from './in-process/main';
import { playMails } from './mails/main';
import { playWithProcesses } from './processes/main';
import { measureSaves, measureSignOut } from './processes/measure';
import { measureProviderEnds } from './processes/measure-provider-ends';

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    path: { type: 'string' },
    processes: { type: 'boolean', default: false },
    instances: { type: 'string', default: '1' },
    database: { type: 'string', default: 'embedded' },
    'no-build': { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    measure: { type: 'string' },
    mails: { type: 'string' },
  },
});
const [schedules, seed, instances] = [Number(values.schedules), Number(values.seed), Number(values.instances)];
const database = instances > 1 || values.database === 'postgres' ? 'postgres' : 'embedded';
const build = !values['no-build'];

process.exit((await run()) ? 0 : 1);

function run(): Promise<boolean> {
  if (values.measure === 'sign-out') return measureSignOut(build);
  if (values.measure === 'saves') return measureSaves(build);
  if (values.measure === 'provider-ends') return measureProviderEnds(build);
  if (values.mails) return playMails({ purchases: Number(values.mails), seed, database });
  if (values.processes) return playWithProcesses({ schedules, seed, instances, database, build });
  return playInProcess({ schedules, seed, path: values.path, quick: values.quick });
}
