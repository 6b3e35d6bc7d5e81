// Every command of package.json that runs a script: `--help` explains it, and a wrong option ends it before it begins.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

/** These hand their arguments to another program: Next, Playwright. */
const FOREIGN = ['run.mjs', 'finish-build.mjs', 'test-postgres.mjs'];

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const commands = Object.entries(scripts).filter(
  ([, command]) => /\bscripts\/[\w-]+\.(ts|mjs)\b/.test(command) && !FOREIGN.some((name) => command.includes(name)),
);
const untouched = path.join(tmpdir(), `never-made-${process.pid}`);

function call(command: string, argument: string) {
  const env = { ...process.env, PATH: `node_modules/.bin:${process.env.PATH}`, DATA_DIR: untouched, DATABASE_URL: '' };
  return spawnSync('sh', ['-c', `${command} ${argument}`], { encoding: 'utf8', env });
}

test('there are such commands', () => {
  expect(commands.map(([name]) => name)).toEqual(expect.arrayContaining(['doctor', 'keys:rotate', 'release']));
});

describe.each(commands)('%s', (name, command) => {
  test('--help says what it does and how it is called', () => {
    const { status, stdout, stderr } = call(command, '--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^[A-Z]/);
    expect(stdout).toContain(`npm run ${name}`);
  });

  test('--dry-run, which it does not know, is refused, and nothing has been done', () => {
    const { status, stdout, stderr } = call(command, '--dry-run');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr.split('\n')[0]).toContain('--dry-run');
    expect(stderr).toContain(`npm run ${name}`);
    expect(stderr, 'no stack trace').not.toMatch(/^\s+at /m);
    expect(existsSync(untouched)).toBe(false);
  });
});
