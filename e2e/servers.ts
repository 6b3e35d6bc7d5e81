// Starts the services of the tests, each a process on its own origin. Playwright's own `webServer` starts one after the
// other, which takes over a minute.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  addressesOf,
  dataDirectory,
  LANE,
  LANES,
  LAYOUT,
  logFile,
  type PortalName,
  portalEnvironment,
  sandboxEnvironment,
} from './stack';

const READY_MS = 180_000;
/** From SIGTERM to SIGKILL. */
const END_MS = 5_000;

export interface Server {
  log: string;
  command: string[];
  /** Answers with success once the server is ready. */
  address: string;
  environment: Record<string, string>;
  /** A folder to empty before the start. */
  data?: string;
}

/** Playwright's global set-up: starts the processes of every lane. */
export default function startLanes(): Promise<() => Promise<void>> {
  return startServers(LAYOUT ? [] : LANES.flatMap(serversOf));
}

/** The processes of a lane. */
function serversOf(lane: number): Server[] {
  const { portal, sandbox } = addressesOf(lane);
  return [
    {
      log: logFile('sandbox', lane),
      command: ['node_modules/.bin/tsx', 'sandbox/main.ts'],
      address: `${sandbox.api}/__control/switches`,
      environment: sandboxEnvironment(lane),
    },
    portalServer('portal', portal, lane),
  ];
}

/** Returns the server of a portal with an empty database. */
export function portalServer(
  name: PortalName,
  { port, origin }: { port: number; origin: string },
  lane = LANE,
): Server {
  return {
    data: dataDirectory(name, lane),
    log: logFile(name, lane),
    // As behind a proxy: it listens at another name than the one that people open.
    command: ['node_modules/.bin/next', 'start', '--hostname', '127.0.0.1', '--port', String(port)],
    address: `${origin}/api/health/ready`,
    environment: portalEnvironment(name, lane),
  };
}

/**
 * Starts servers, all at once. @returns what ends them.
 * @throws Error if an address is taken, or a server ends or stays silent.
 */
export async function startServers(servers: Server[]): Promise<() => Promise<void>> {
  for (const { address } of servers)
    if (await isAnswering(address)) throw new Error(`Another process answers at ${address}. End it first.`);
  const started = servers.map((server) => ({ server, child: start(server) }));
  process.once('exit', () => started.forEach(({ child }) => void signal(child, 'SIGKILL')));
  await Promise.all(started.map(({ server, child }) => untilReady(server, child)));
  return async () => {
    await Promise.all(started.map(({ child }) => end(child)));
  };
}

function start({ log, command: [program = '', ...args], environment, data }: Server): ChildProcess {
  if (data) rmSync(data, { recursive: true, force: true });
  const output = openSync(log, 'w');
  return spawn(program, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', output, output],
    // A process group of its own: a program may start others.
    detached: true,
  });
}

async function untilReady({ address, log }: Server, child: ChildProcess): Promise<void> {
  for (const began = Date.now(); !(await isAnswering(address)); await sleep(200)) {
    if (child.exitCode !== null) throw new Error(`A server ended (${child.exitCode}): see ${log}`);
    if (Date.now() - began > READY_MS) throw new Error(`${address} is not ready: see ${log}`);
  }
}

const isAnswering = (address: string) =>
  fetch(address).then(
    ({ ok }) => ok,
    () => false,
  );

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  signal(child, 'SIGTERM');
  await Promise.race([ended, sleep(END_MS, undefined, { ref: false })]);
  signal(child, 'SIGKILL');
}

function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid) process.kill(-pid, name);
  } catch {
    // It has ended.
  }
}
