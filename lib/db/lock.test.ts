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

test('rejects a second holder, and names the first', async () => {
  const lock = await lockDirectory(directory);
  await expect(lockDirectory(directory, 0)).rejects.toThrow(LockedError);
  await expect(lockDirectory(directory, 0)).rejects.toThrow(`in use by process ${process.pid}`);
  lock.release();
  expect(existsSync(file())).toBe(false);
});

test('takes over the lock of a killed process', async () => {
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

/** Writes a lock as another process of this machine would hold it. */
async function heldBy(pid: number | undefined): Promise<void> {
  await lockDirectory(directory);
  const holder = JSON.parse(readFileSync(file(), 'utf8'));
  writeFileSync(file(), JSON.stringify({ ...holder, id: 'other', pid, startedAt: startOf(pid) }));
}

function startOf(pid: number | undefined): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
}

test('waits for the previous process to end', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await heldBy(child.pid);
  const taken = lockDirectory(directory, 60_000);
  const first = await Promise.race([taken, new Promise((resolve) => setTimeout(() => resolve('waits'), 400))]);
  expect(first).toBe('waits');
  child.kill('SIGKILL');
  (await taken).release();
});

test('waits for a lock that is released', async () => {
  const lock = await lockDirectory(directory);
  const taken = lockDirectory(directory, 60_000);
  lock.release();
  (await taken).release();
});

test('names a process that still runs after the wait', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await heldBy(child.pid);
  await expect(lockDirectory(directory, 300)).rejects.toThrow(`in use by process ${child.pid}`);
  child.kill('SIGKILL');
});

test('takes over the lock of a zombie process', async () => {
  // A shell that starts a program and never collects it.
  const parent = spawn('sh', ['-c', `${process.execPath} -e 0 & echo $!; exec sleep 60`]);
  const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
  await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
  await heldBy(pid);
  (await lockDirectory(directory, 0)).release();
  parent.kill('SIGKILL');
});

test('takes over a lock whose pid was reused by another process', async () => {
  await lockDirectory(directory);
  const holder = JSON.parse(readFileSync(file(), 'utf8'));
  writeFileSync(file(), JSON.stringify({ ...holder, id: 'earlier', startedAt: 'another boot/1' }));
  const lock = await lockDirectory(directory);
  lock.release();
});

test('keeps the lock of another machine, and explains how to remove it', async () => {
  await lockDirectory(directory);
  const holder = JSON.parse(readFileSync(file(), 'utf8'));
  writeFileSync(file(), JSON.stringify({ ...holder, host: 'elsewhere' }));
  await expect(lockDirectory(directory, 0)).rejects.toThrow(/on the machine elsewhere.*delete/);
});

test('takes over a damaged lock', async () => {
  writeFileSync(file(), '');
  (await lockDirectory(directory, 0)).release();
});

test('gives a dead lock to exactly one of many processes', async () => {
  writeFileSync(
    file(),
    JSON.stringify({ id: 'dead', pid: 2 ** 22 + 1, host: (await import('node:os')).hostname(), startedAt: '' }),
  );
  const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory, 0)));
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});
