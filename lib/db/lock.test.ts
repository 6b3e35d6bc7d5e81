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
  await expect(lockDirectory(directory, 0)).rejects.toThrow(LockedError);
  await expect(lockDirectory(directory, 0)).rejects.toThrow(`in use by process ${process.pid}`);
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

/** As another process on this machine holds it. */
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

test('a start waits for the process before it to end', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await heldBy(child.pid);
  const taken = lockDirectory(directory, 60_000);
  const first = await Promise.race([taken, new Promise((resolve) => setTimeout(() => resolve('waits'), 400))]);
  expect(first).toBe('waits');
  child.kill('SIGKILL');
  (await taken).release();
});

test('a start waits for a lock that is given back', async () => {
  const lock = await lockDirectory(directory);
  const taken = lockDirectory(directory, 60_000);
  lock.release();
  (await taken).release();
});

test('a process that goes on running is waited for and then named', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await heldBy(child.pid);
  await expect(lockDirectory(directory, 300)).rejects.toThrow(`in use by process ${child.pid}`);
  child.kill('SIGKILL');
});

test('a killed process that nobody has buried keeps no lock', async () => {
  // A shell that starts a program, lets it die and never asks for its end.
  const parent = spawn('sh', ['-c', `${process.execPath} -e 0 & echo $!; exec sleep 60`]);
  const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
  await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
  await heldBy(pid);
  (await lockDirectory(directory, 0)).release();
  parent.kill('SIGKILL');
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
  await expect(lockDirectory(directory, 0)).rejects.toThrow(/on the machine elsewhere.*delete/);
});

test('a lock that a power cut damaged is taken over', async () => {
  writeFileSync(file(), '');
  (await lockDirectory(directory, 0)).release();
});

test('of many that find a dead lock, one takes it', async () => {
  writeFileSync(
    file(),
    JSON.stringify({ id: 'dead', pid: 2 ** 22 + 1, host: (await import('node:os')).hostname(), startedAt: '' }),
  );
  const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory, 0)));
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});
