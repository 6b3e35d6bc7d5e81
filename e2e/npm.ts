// Runs `npm run …` as a person does, and tracks every process that it starts.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { expect } from '@playwright/test';

export interface NpmRun {
  npm: ChildProcess;
  output(): string;
  /** Waits until npm has printed this. Throws with all output when npm ends first. */
  until(text: string, milliseconds: number): Promise<void>;
  /** Returns the current descendants of npm, npm first. */
  processes(): RunningProcess[];
  /** Resolves when npm ends. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export interface RunningProcess {
  pid: number;
  command: string;
}

/** Starts `npm run script` as the leader of a process group of its own, as a terminal would. */
export function npmRun(
  script: string,
  { cwd = '.', env = {} }: { cwd?: string; env?: Record<string, string> },
): NpmRun {
  const npm = spawn('npm', ['run', script], {
    cwd,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk) => (output += chunk));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    npm.once('exit', (code, signal) => resolve({ code, signal })),
  );
  return {
    npm,
    output: () => output,
    async until(text, milliseconds) {
      const printed = async () => {
        if (npm.exitCode !== null) throw new Error(`npm run ${script} ended:\n${output}`);
        return output;
      };
      await expect.poll(printed, { timeout: milliseconds }).toContain(text);
    },
    processes: () => descendants(npm.pid ?? 0),
    ended,
  };
}

function descendants(root: number): RunningProcess[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  const all = rows.map((row) => {
    const [, pid, ppid, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row) ?? [];
    return { pid: Number(pid), ppid: Number(ppid), command };
  });
  const found = all.filter(({ pid }) => pid === root);
  // The list grows during the loop.
  for (const parent of found) found.push(...all.filter(({ ppid }) => ppid === parent.pid));
  return found.map(({ pid, command }) => ({ pid, command }));
}

/** Returns the processes that still run. */
export function living(processes: RunningProcess[]): RunningProcess[] {
  return processes.filter(({ pid }) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  });
}

/** Returns whether the port of 127.0.0.1 is free. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
