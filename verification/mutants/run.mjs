// npm run --prefix verification faults:mutants | security:mutants [-- --fit] [-- name or threat …]
// Applies one mutant at a time to a copy of this checkout and expects its tests to fail. Ends with an error when a
// mutant is missed, or does not fit the code any more. `--fit` checks the second alone.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findMatches } from './match.mjs';

const SCHEDULES = '6000';
const NOT_COPIED = ['.git', '.next', '.data', 'node_modules', 'test-results'];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { fit: { type: 'boolean' } } });
const [list, ...chosen] = positionals;
const { MUTANTS } = await import(`./${list}.mjs`);
const mutants = MUTANTS.filter(
  ({ name, shownBy }) => chosen.length === 0 || chosen.includes(name) || chosen.includes(shownBy),
);

const sources = filesIn(['app', 'lib']).filter((file) => /\.(?:tsx?|sql)$/.test(file) && !/\.test\.ts$/.test(file));
const code = new Map([...sources, 'proxy.ts'].map((file) => [file, readFileSync(file, 'utf8')]));
const fitting = mutants.flatMap(placed);
const misfits = mutants.length - fitting.length;
if (values.fit) {
  console.log(`${fitting.length} of ${mutants.length} mutants fit`);
  process.exit(misfits === 0 ? 0 : 1);
}

const copy = mkdtempSync(path.join(tmpdir(), 'portal-mutants-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
for (const entry of readdirSync('.').filter((name) => !NOT_COPIED.includes(name)))
  cpSync(entry, path.join(copy, entry), { recursive: true });
symlinkSync(path.resolve('node_modules'), path.join(copy, 'node_modules'));

const caught = fitting.filter(isCaught).length;
console.log(`${caught} of ${mutants.length} mutants caught`);
process.exit(caught === mutants.length ? 0 : 1);

/** Returns the mutant with the code that it makes of each file, or nothing when a piece is not there exactly once. */
function placed({ name, find, replace, shownBy }) {
  const changed = new Map();
  for (const [index, piece] of [find].flat().entries()) {
    const places = [...code].flatMap(([file, text]) => findMatches(text, piece).map(() => file));
    if (places.length !== 1) {
      console.log(`DOES NOT FIT  ${name}: found ${places.join(', ') || 'nowhere'}`);
      return [];
    }
    const [file] = places;
    const text = changed.get(file) ?? code.get(file);
    const [{ start, end }] = findMatches(text, piece);
    changed.set(file, text.slice(0, start) + [replace].flat()[index] + text.slice(end));
  }
  return [{ name, shownBy, changed }];
}

function isCaught({ name, shownBy, changed }) {
  for (const [file, text] of changed) writeFileSync(path.join(copy, file), text);
  const { failed, said } = shownBy === 'schedules' ? playSchedules() : runTests(shownBy);
  for (const file of changed.keys()) writeFileSync(path.join(copy, file), code.get(file));
  console.log(`${failed ? 'caught' : 'MISSED'}  ${shownBy.padEnd(4)} ${name}: ${said}`);
  return failed;
}

function playSchedules() {
  const args = ['--tsconfig', 'verification/tsconfig.json', 'verification/faults/main.ts', '--quick'];
  const { status, stdout } = run('tsx', [...args, '--schedules', SCHEDULES]);
  const [figures = '', promise = ''] = stdout.split('\n');
  const failed = status === 1 && figures.includes('A PROMISE WAS BROKEN');
  return { failed, said: failed ? promise : figures || 'it does not run' };
}

/** Runs the unit test files that carry the threat's mark. */
function runTests(threat) {
  const mark = new RegExp(`\\[(T\\d+, )*${threat}(, T\\d+)*\\]`);
  const files = filesIn(['app', 'lib', 'tests', 'verification'])
    .filter((file) => /\.test\.ts$/.test(file) && !/\.postgres\.test\.ts$/.test(file))
    .filter((file) => mark.test(readFileSync(file, 'utf8')));
  const { status, stdout } = run('vitest', ['run', ...files]);
  const tests = /Tests .*/.exec(stdout)?.[0] ?? '';
  // A file that does not run any more shows nothing: an assertion has to fail.
  const failed = status === 1 && / failed/.test(tests);
  return { failed, said: failed || status === 0 ? tests : `they do not run (${tests})` };
}

function run(command, args) {
  const env = { ...process.env, NO_COLOR: '1' };
  return spawnSync(`node_modules/.bin/${command}`, args, { cwd: copy, encoding: 'utf8', env });
}

function filesIn(folders) {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  );
}
