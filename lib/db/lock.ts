import 'server-only';
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Thrown when another process holds the directory. The message names the process and the remedy. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
}

type Holder = { pid: number; host: string; startedAt: string };

/** Limits the wait for the previous process, which may still finish its requests. */
const WAIT_MS = 8_000;

/**
 * Takes the exclusive lock of a directory. PGlite takes none, and two processes silently lose each other's writes.
 * Takes over the lock of a dead process. Waits `waitMs` for a running process of this machine to end.
 * @returns the lock. A killed process need not release it.
 * @throws LockedError when a running process, or one on another machine, holds it.
 */
export async function lockDirectory(directory: string, waitMs = WAIT_MS): Promise<{ release(): void }> {
  const file = path.join(directory, 'portal.lock');
  const id = randomUUID();
  const draft = `${file}.${id}`;
  const mine = JSON.stringify({ id, pid: process.pid, host: hostname(), startedAt: startOf(process.pid) });
  const deadline = Date.now() + waitMs;
  writeFileSync(draft, mine);
  try {
    // link(2) fails when the name exists: only one process succeeds, and its file is complete.
    while (unless('EEXIST', () => linkSync(draft, file)) === null) {
      const held = unless('ENOENT', () => readFileSync(file, 'utf8'));
      const holder = held && livingHolder(held);
      if (holder && (holder.host !== hostname() || Date.now() >= deadline))
        throw new LockedError(inUse(directory, holder, file));
      if (holder) await sleep(100);
      else if (held !== null) removeDead(file, held, `${draft}.dead`);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return { release: () => unless('ENOENT', () => readFileSync(file, 'utf8')) === mine && rmSync(file) };
}

/** Removes a dead lock. Restores the lock of another process that replaced it meanwhile. */
function removeDead(file: string, dead: string, aside: string): void {
  if (unless('ENOENT', () => renameSync(file, aside)) === null) return;
  if (readFileSync(aside, 'utf8') !== dead) unless('EEXIST', () => linkSync(aside, file));
  rmSync(aside);
}

/** Returns the result of a file operation, or null when it fails with this code. */
function unless<T>(code: string, operation: () => T): T | null {
  try {
    return operation();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== code) throw error;
    return null;
  }
}

/** Returns the holder of a lock if it still runs. A damaged lock remains from a power cut and has no holder. */
function livingHolder(lock: string): Holder | null {
  try {
    const holder: Holder = JSON.parse(lock);
    // The state of a process on another machine is unknown.
    return holder.host !== hostname() || isRunning(holder) ? holder : null;
  } catch {
    return null;
  }
}

function isRunning({ pid, startedAt }: Holder): boolean {
  const start = startOf(pid);
  if (start) return start === startedAt;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Returns the boot id and start time of a process, which identify a reused pid (proc(5)). Empty without /proc. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A killed process keeps its pid until its parent collects it; in some containers no parent does.
    if (/^[ZX]$/.test(fields[0] ?? '')) return 'ended';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return '';
  }
}

function inUse(directory: string, { pid, host }: Holder, file: string): string {
  return `The embedded database in ${directory} is in use by process ${pid} on the machine ${host}. Stop it, choose another DATA_DIR, or use PostgreSQL (DATABASE_URL) for several processes. If that machine is gone, delete ${file}.`;
}
