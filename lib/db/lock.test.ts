import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LockedError, lockDirectory } from './lock';

let directory: string;
const file = () => path.join(directory, 'portal.lock');

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'portal-lock-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('a second holder is refused with who holds it and what to do', async () => {
  const lock = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toThrow(LockedError);
  await expect(lockDirectory(directory)).rejects.toThrow(`in use by process ${process.pid}`);
  lock.release();
  expect(existsSync(file())).toBe(false);
});

test('the lock of a process that was killed is taken over', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await lockDirectory(directory);
  const holder = JSON.parse(readFileSync(file(), 'utf8'));
  writeFileSync(file(), JSON.stringify({ ...holder, id: 'dead', pid: child.pid }));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  const lock = await lockDirectory(directory);
  expect(JSON.parse(readFileSync(file(), 'utf8')).pid).toBe(process.pid);
  lock.release();
});

test('a process that only re-uses the pid of a dead holder does not keep the lock alive', async () => {
  await lockDirectory(directory);
  const holder = JSON.parse(readFileSync(file(), 'utf8'));
  writeFileSync(file(), JSON.stringify({ ...holder, id: 'earlier', startedAt: 'another boot/1' }));
  const lock = await lockDirectory(directory);
  lock.release();
});

test('a holder on another machine cannot be judged: its lock stays, the message says how to free it', async () => {
  await lockDirectory(directory);
  const holder = JSON.parse(readFileSync(file(), 'utf8'));
  writeFileSync(file(), JSON.stringify({ ...holder, host: 'elsewhere' }));
  await expect(lockDirectory(directory)).rejects.toThrow(/on the machine elsewhere.*delete/);
});

test('of many that find a dead lock, one takes it', async () => {
  writeFileSync(
    file(),
    JSON.stringify({ id: 'dead', pid: 2 ** 22 + 1, host: (await import('node:os')).hostname(), startedAt: '' }),
  );
  const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory)));
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});
