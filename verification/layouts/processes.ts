// Starts and ends the processes of a layout. All end with this one.
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Logs and files of a run. */
export const FOLDER = path.resolve('test-results/layouts');

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

export interface Started {
  child: ChildProcess;
  /** Resolves to the exit code, or the signal. */
  ended: Promise<number | string | null>;
}

/** Starts a program with exactly these variables. Its output goes to `<name>.log`. */
export function start(name: string, [program = '', ...args]: string[], env: NodeJS.ProcessEnv, cwd = '.'): Started {
  mkdirSync(FOLDER, { recursive: true });
  const log = createWriteStream(path.join(FOLDER, `${name}.log`), { flags: 'a' });
  const child = spawn(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  running.add(child);
  const ended = new Promise<number | string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
  void ended.then(() => {
    running.delete(child);
    log.end();
  });
  return { child, ended };
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
