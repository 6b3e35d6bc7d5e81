// npm run --prefix verification faults:mutants [-- name …]: applies each planted bug of verification/mutants/faults to a copy of this checkout and
// shows that the schedules find it. Ends with an error when one is not found.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const SCHEDULES = '6000';
const chosen = process.argv.slice(2);
const mutants = readdirSync('verification/mutants/faults')
  .map((file) => path.basename(file, '.patch'))
  .filter((name) => chosen.length === 0 || chosen.includes(name));
const copy = mkdtempSync(path.join(tmpdir(), 'portal-mutants-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

for (const entry of ['lib', 'faults', 'scripts', 'tsconfig.json', 'package.json', '.env.example'])
  cpSync(entry, path.join(copy, entry), { recursive: true });
symlinkSync(path.resolve('node_modules'), path.join(copy, 'node_modules'));

const missed = mutants.filter((name) => !isCaught(name));
console.log(`${mutants.length - missed.length} of ${mutants.length} planted bugs caught`);
process.exit(missed.length === 0 ? 0 : 1);

function isCaught(name) {
  const patch = path.resolve('verification/mutants/faults', `${name}.patch`);
  const apply = (...options) => execFileSync('git', ['apply', '--unidiff-zero', ...options, patch], { cwd: copy });
  apply();
  try {
    const args = [
      '--tsconfig',
      'verification/tsconfig.json',
      'verification/faults/main.ts',
      '--quick',
      '--schedules',
      SCHEDULES,
    ];
    const { status, stdout } = spawnSync('node_modules/.bin/tsx', args, { cwd: copy, encoding: 'utf8' });
    const [figures = '', promise = ''] = stdout.split('\n');
    const caught = status === 1 && figures.includes('A PROMISE WAS BROKEN');
    console.log(`${caught ? 'caught' : 'MISSED'}  ${name}: ${caught ? promise : figures || 'it does not run'}`);
    return caught;
  } finally {
    apply('--reverse');
  }
}
