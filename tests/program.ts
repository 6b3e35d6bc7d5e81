import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';

/** A running program of this project. */
export interface Program {
  /** The lines that it printed before it was ready. */
  lines: string[];
  pid: number;
  stop(): Promise<void>;
}

/**
 * Starts a TypeScript file with these variables added to the environment.
 * @param ready the line that it prints when it is ready.
 * @throws Error with its output when it ends before that.
 */
export async function startProgram(file: string, env: Record<string, string>, ready: string): Promise<Program> {
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors: string[] = [];
  child.stderr.on('data', (chunk) => errors.push(String(chunk)));
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line === ready) {
      // Keep reading, because a full pipe would stop the program.
      child.stdout.resume();
      return {
        lines,
        pid: child.pid ?? 0,
        stop: () => stop(child),
      };
    }
  }
  throw new Error(`${file} did not start:\n${errors.join('')}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  await ended;
}

/** Returns ports on which nothing listens. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  const ports = await Promise.all(servers.map(portOf));
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

async function portOf(server: Server): Promise<number> {
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return address.port;
}
