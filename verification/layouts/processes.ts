// Starts and ends the processes of a layout. All end with this one.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Logs and files of a run. */
export const FOLDER = path.resolve('test-results/layouts');

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) {
    const children = childrenOf(child);
    // Before its children: nginx's parent starts new ones.
    child.kill('SIGKILL');
    for (const pid of children) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Ended with its parent.
      }
    }
  }
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

export type Variables = Record<string, string | undefined>;

export interface Started {
  child: ChildProcess;
  /** Resolves to the exit code, or the signal. */
  ended: Promise<number | string | null>;
}

const logs = new Set<string>();

/** Starts a program with exactly these variables. Its output is appended to the log, which begins empty in each run. */
export function start(logFile: string, [program = '', ...args]: string[], variables: Variables): Started {
  mkdirSync(path.dirname(logFile), { recursive: true });
  if (!logs.has(logFile)) rmSync(logFile, { force: true });
  logs.add(logFile);
  // The file itself: a pipe that nobody empties while this process waits for the tests would stop the program.
  const log = openSync(logFile, 'a');
  const child = spawn(program, args, {
    env: { NODE_ENV: 'production', ...variables },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  running.add(child);
  const ended = new Promise<number | string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
  void ended.then(() => running.delete(child));
  return { child, ended };
}

/** Returns the processes that a program has started, such as the node that `unshare` runs. */
export function childrenOf({ pid }: ChildProcess): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number) : [];
}

/** Waits until an address answers with this status. @throws Error if the program ends before. */
export async function until({ child, ended }: Started, address: string, status = 200): Promise<void> {
  let end: number | string | null | undefined;
  void ended.then((code) => {
    end = code;
  });
  for (let tries = 0; tries < 1200; tries += 1) {
    if (end !== undefined) throw new Error(`${child.spawnfile} ended (${end}): see ${FOLDER}`);
    const response = await fetch(address, { redirect: 'manual' }).catch(() => null);
    if (response?.status === status) return;
    await sleep(100);
  }
  throw new Error(`${address} does not answer ${status}`);
}
