// ASVS 5.0: 1.3.10
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';

type Call = [method: 'error' | 'warn' | 'log' | 'info' | 'debug', ...args: unknown[]];

/** Runs in a process of its own, so that the test reads its standard output. */
const PROGRAM = `
import { logConsole } from './lib/log/console.ts';
logConsole();
for (const [method, ...args] of JSON.parse(process.env.CALLS)) console[method](...args);
console.error(new Error('of anna@example.com'), 'of anna@example.com');
`;

/** Returns the lines of the log for these calls. The last line is that of an error. */
function linesOf(...calls: Call[]): string[] {
  const sample = parseEnv(readFileSync('.env.example', 'utf8'));
  const program = ['--conditions=react-server', '--import', 'tsx', '--input-type=module', '--eval', PROGRAM];
  const { stdout, stderr, status } = spawnSync(process.execPath, program, {
    env: { ...process.env, ...sample, LOG_LEVEL: 'debug', CALLS: JSON.stringify(calls) },
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  expect(stdout.endsWith('\n')).toBe(true);
  return stdout.slice(0, -1).split('\n');
}

test('writes each console call as one line of JSON, at its level and with a limited length', () => {
  const cases: [call: Call, level: number, message: string][] = [
    [['error', 'plain'], 50, 'plain'],
    [['warn', 'two', 'words'], 40, 'two words'],
    [['log', '%s of %d%%', 'most', 12], 30, 'most of 12%'],
    [['info', 'a word too few: %s %j %o'], 30, 'a word too few: %s %j %o'],
    [['error', 'said: %s', '%s%s%n%x', 'more'], 50, 'said: %s%s%n%x more'],
    [['debug', '%c%O%i', 'color: red'], 20, '%O%i'],
    [['error', 'a\nb\r\n{"level":60,"event":"forged"}\n'], 50, 'a\nb\r\n{"level":60,"event":"forged"}\n'],
    [['error', '%s', '","event":"forged","x":"'], 50, '","event":"forged","x":"'],
    [['warn', '\u001b[31mred\u001b[0m\u0000\u0008\u0007'], 40, '\u001b[31mred\u001b[0m\u0000\u0008\u0007'],
    [['error', 'x'.repeat(10_000)], 50, 'x'.repeat(500)],
    [['error', '%s', '\n'.repeat(10_000)], 50, '\n'.repeat(500)],
    [['error', `${'x'.repeat(499)}\u{1f600}`], 50, `${'x'.repeat(499)}\ud83d`],
    [['error', 'beside a thing', { token: 'secret' }, ['secret']], 50, 'beside a thing'],
    [['warn', 'a\u007fb\u009b31mc\u2028d'], 40, 'a b 31mc d'],
    [['log'], 30, ''],
  ];
  const lines = linesOf(...cases.map(([call]) => call));
  expect(lines).toHaveLength(cases.length + 1);
  // No control characters, and no second line inside a line.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
  const written = lines.slice(0, -1).map((line) => JSON.parse(line));
  const expected = cases.map(([, level, msg]) => ({ level, event: 'console', msg }));
  expect(written.map(({ time: _, ...rest }) => rest)).toEqual(expected);
});

test('writes kind and stack frames of a printed error, without its message or other arguments', () => {
  const [line = ''] = linesOf();
  expect(JSON.parse(line)).toMatchObject({
    event: 'console',
    error: { kind: 'Error' },
    at: expect.any(Array),
    msg: '',
  });
  expect(line).not.toContain('anna');
});
