// Starts and ends the processes of run.mjs. Each ends with it, in every way it can end.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const END_WITH_PARENT = new URL('./end-with-parent.mjs', import.meta.url).href;

/**
 * Starts a Node program as the leader of its own process group. Signals of the terminal then reach only run.mjs, which
 * decides the order of shutdown.
 * @param options.quiet keeps the output in `output` instead of showing it.
 */
export function startProgram(name, file, args, { env, nodeOptions = [], quiet = false }) {
  const script = fileURLToPath(import.meta.resolve(file));
  const output = quiet ? 'pipe' : 'inherit';
  const child = spawn(process.execPath, ['--import', END_WITH_PARENT, ...nodeOptions, script, ...args], {
    env,
    stdio: ['ignore', output, output, 'ipc'],
    detached: true,
  });
  const program = { name, child, output: '', ended: undefined };
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      program.output = (program.output + chunk).slice(-20_000);
    });
  program.ended = new Promise((resolve) => {
    child.once('exit', (code) => {
      // Kills the processes that it left behind.
      signalGroup(child.pid, 'SIGKILL');
      resolve(code);
    });
  });
  return program;
}

/** Ends programs one after the other with SIGTERM, and kills one that takes longer than `timeoutMs`. */
export async function endInTurn(programs, timeoutMs) {
  for (const { child, ended } of programs) {
    signalGroup(child.pid, 'SIGTERM');
    // A suspended process (Ctrl-Z, a debugger) would not receive SIGTERM.
    signalGroup(child.pid, 'SIGCONT');
    const timeout = new AbortController();
    const late = sleep(timeoutMs, undefined, { signal: timeout.signal }).then(
      () => signalGroup(child.pid, 'SIGKILL'),
      () => {},
    );
    await ended;
    timeout.abort();
    await late;
  }
}

/** Kills programs without waiting. */
export function killAtOnce(programs) {
  for (const { child } of programs) signalGroup(child.pid, 'SIGKILL');
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone.
  }
}
