import 'server-only';
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// PGlite takes no lock of its own: two processes on one directory silently lose each other's writes.

/** Somebody else holds the directory. The message says who and what to do. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
}

interface Holder {
  id: string;
  pid: number;
  host: string;
  /** Start of the process, so that a re-used pid is not mistaken for the holder. */
  startedAt: string;
}

/** How long a start waits for the process before it, which may still finish its requests. */
const WAIT_MS = 8_000;
const LOOK_EVERY_MS = 100;

/**
 * Takes the exclusive lock of a directory; a dead process's lock is taken over. A living holder on this machine gets
 * `waitMs` to end.
 * @returns how to give it back; a process that is killed need not.
 * @throws LockedError when a living process, or one on another machine, holds it.
 */
export async function lockDirectory(directory: string, waitMs = WAIT_MS): Promise<{ release(): void }> {
  const file = path.join(directory, 'portal.lock');
  const mine: Holder = { id: randomUUID(), pid: process.pid, host: hostname(), startedAt: processStart(process.pid) };
  const draft = `${file}.${mine.id}`;
  writeFileSync(draft, JSON.stringify(mine));
  try {
    const started = Date.now();
    for (let round = 0; !linkIfFree(draft, file); ) {
      const holder = readHolder(file);
      if (holder && isAlive(holder)) {
        if (holder.host !== hostname() || Date.now() - started >= waitMs)
          throw new LockedError(whoHolds(directory, holder, file));
        await sleep(LOOK_EVERY_MS);
        continue;
      }
      round += 1;
      if (round > 20) throw new LockedError(`${file} cannot be taken: delete it if no portal is running.`);
      if (holder) removeDead(file, holder);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return { release: () => readHolder(file)?.id === mine.id && rmSync(file, { force: true }) };
}

/** link(2) fails when the name exists: the file appears whole, and for one process only. */
function linkIfFree(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves the dead lock aside. Should another process have replaced it meanwhile, that one's lock is put back. */
function removeDead(file: string, dead: Holder): void {
  const aside = `${file}.${randomUUID()}.dead`;
  try {
    renameSync(file, aside);
  } catch {
    return; // another process was quicker
  }
  if (readHolder(aside)?.id !== dead.id) linkIfFree(aside, file);
  rmSync(aside, { force: true });
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true; // cannot be known from here
  if (holder.pid === process.pid && holder.startedAt !== processStart(process.pid)) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(holder.pid) && holder.startedAt === processStart(holder.pid);
}

/** A killed process whose parent has not asked for its end still has a pid; in some containers no parent ever asks. */
function isZombie(pid: number): boolean {
  return /^[ZX]$/.test(processStat(pid)[0] ?? '');
}

/** Clock ticks between boot and the start of the process (proc(5), field 22); empty where there is no /proc. */
function processStart(pid: number): string {
  const [ticks] = processStat(pid).slice(19);
  try {
    return ticks ? `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${ticks}` : '';
  } catch {
    return '';
  }
}

/** The fields after the name of the program, which may hold anything; empty where there is no /proc. */
function processStat(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function whoHolds(directory: string, holder: Holder, file: string): string {
  const elsewhere = holder.host === hostname() ? '' : ` on the machine ${holder.host}`;
  const wayOn = elsewhere
    ? `If that machine is gone, delete ${file}.`
    : 'Stop it, choose another DATA_DIR, or use PostgreSQL (DATABASE_URL) for several processes.';
  return `The embedded database in ${directory} is in use by process ${holder.pid}${elsewhere}. ${wayOn}`;
}
