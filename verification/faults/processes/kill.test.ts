import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'portal-kill-'));
afterAll(() => rmSync(folder, { recursive: true }));

// Armed after the start, as a portal is: the database's own first statements do not count.
const SCRIPT = `
import { writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
const database = await PGlite.create();
writeFileSync(process.env.FAULT_FILE, process.env.INSTANTS);
for (const statement of [1, 2]) {
  await database.query('select 1');
  console.log(statement);
}
await database.transaction((tx) => tx.query('select 1'));
console.log('transaction');
`;

// In a transaction `begin` and `commit` are statements, too.
test.each([
  ['', null, '1 2 transaction'],
  ['0', 'SIGKILL', ''],
  ['1', 'SIGKILL', '1'],
  ['3', 'SIGKILL', '1 2'],
  ['4', 'SIGKILL', '1 2'],
  ['5', null, '1 2 transaction'],
])('a portal armed with %j dies after so many statements of the embedded database', (instants, signal, printed) => {
  const faultFile = path.join(folder, 'fault');
  writeFileSync(faultFile, '');
  const preload = ['--import', new URL('./kill.mjs', import.meta.url).href];
  const ended = spawnSync(process.execPath, [...preload, '--input-type=module', '--eval', SCRIPT], {
    encoding: 'utf8',
    env: { ...process.env, FAULT_FILE: faultFile, INSTANTS: instants },
  });
  expect([ended.signal, ended.stdout.trim().split('\n').join(' ')]).toEqual([signal, printed]);
});
