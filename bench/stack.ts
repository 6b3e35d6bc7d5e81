import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { startPostgres } from '../scripts/postgres.mjs';
import { endInTurn, killAtOnce, type Program, startProgram } from '../scripts/processes.mjs';
import { BARE } from './build';

export type DatabaseName = 'embedded' | 'PostgreSQL';

/** A running server. */
export interface Running {
  origin: string;
  pid: number;
}

/** A running portal. */
export interface Portal extends Running {
  /** Milliseconds from its start until it was ready. */
  startedInMs: number;
  /** Returns the bytes that are in use after a collection. For a portal with the Node options `TELLS_LIVE_MEMORY`. */
  liveBytes(): Promise<number>;
  stop(): Promise<void>;
}

/** Options of Node with which a portal answers `liveBytes`. */
export const TELLS_LIVE_MEMORY = ['--expose-gc', '--import', new URL('./live-memory.mjs', import.meta.url).href];

export interface PortalOptions {
  /** The address of a database, or undefined for an embedded one in `dataDirectory`. */
  databaseUrl?: string | undefined;
  dataDirectory?: string;
  /** The address for people, where something stands in front of it. */
  origin?: string;
  settings?: Record<string, string>;
  /** Options of Node itself. */
  nodeOptions?: string[];
}

const READY_MS = 120_000;
const NEXT = 'next/dist/bin/next';
/** Below the ports that the system gives to outgoing connections, which a load would take by chance. */
const FIRST_PORT = 5_200 + Number(process.env.TEST_PORT_SHIFT ?? 0);
const PORTALS = 8;

const stacks = new Set<Stack>();

/** Ends every process of the bench, without waiting. */
export function killEverything(): void {
  for (const stack of stacks) stack.kill();
}

/** Runs `work` beside a sandbox of its own, and ends everything that was started. */
export async function withStack<T>(work: (stack: Stack) => Promise<T>): Promise<T> {
  const stack = new Stack();
  stacks.add(stack);
  try {
    await stack.startSandbox();
    return await work(stack);
  } finally {
    await stack.close();
    stacks.delete(stack);
  }
}

/** The processes of a measurement: sandbox, portals, database, and what they are compared with. */
export class Stack {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'portal-bench-'));
  readonly #ports = Array.from({ length: 20 }, (_, index) => FIRST_PORT + index);
  readonly #portalPorts = this.#ports.splice(0, PORTALS);
  readonly #sandboxPorts = this.#ports.splice(0, 7);
  readonly #sample = parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>;
  #programs: Program[] = [];
  #postgres: Awaited<ReturnType<typeof startPostgres>> | undefined;
  #databases = 0;
  #people = 0;

  /** Returns the number of a sample customer that nobody has used yet. */
  nextPerson(): number {
    this.#people += 1;
    return this.#people;
  }

  /** Takes a port at which the sandbox knows a portal. */
  takePortalPort(): number {
    return taken(this.#portalPorts);
  }

  takePort(): number {
    return taken(this.#ports);
  }

  async startSandbox(): Promise<void> {
    const [api, widget, identity, mailbox, smtp, kyc, bank] = this.#sandboxPorts.map(String);
    const env = {
      ...process.env,
      SANDBOX_API_PORT: api,
      SANDBOX_WIDGET_PORT: widget,
      SANDBOX_IDP_PORT: identity,
      SANDBOX_MAILBOX_PORT: mailbox,
      SANDBOX_SMTP_PORT: smtp,
      SANDBOX_KYC_PORT: kyc,
      SANDBOX_BANK_PORT: bank,
      SANDBOX_PORTAL_URL: this.#portalPorts.map((port) => `http://localhost:${port}`).join(','),
      SANDBOX_STATE_FILE: '',
    };
    const program = this.#start('sandbox', '../sandbox/main.ts', [], env, ['--import', 'tsx']);
    await ready(program, async () => program.output.includes('sandbox ready'));
  }

  /** Calls the sandbox's control interface. */
  async control<T>(method: string, name: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.apiUrl}/__control/${name}`, {
      method,
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${name}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${this.#sandboxPorts[0]}`;
  }

  /** Makes a new database. Starts PostgreSQL with the first one. */
  async createDatabase(name: DatabaseName): Promise<Pick<PortalOptions, 'databaseUrl' | 'dataDirectory'>> {
    this.#databases += 1;
    if (name === 'embedded') return { dataDirectory: path.join(this.folder, `data-${this.#databases}`) };
    this.#postgres ??= await startPostgres();
    return { databaseUrl: this.#postgres.createDatabase(`bench_${this.#databases}`) };
  }

  /** Starts a portal as production does. @param port from takePortalPort, where the portal has no `origin` of its own. */
  async startPortal({
    databaseUrl = '',
    dataDirectory,
    origin,
    settings,
    nodeOptions,
  }: PortalOptions): Promise<Portal> {
    const port = origin ? this.takePort() : this.takePortalPort();
    const [, widget, identity, , smtp, kyc] = this.#sandboxPorts;
    const env = {
      ...process.env,
      ...this.#sample,
      NODE_ENV: 'production',
      NEXTAUTH_URL: origin ?? `http://localhost:${port}`,
      KUNACORE_API_URL: this.apiUrl,
      KUNACORE_WIDGET_URL: `http://127.0.0.1:${widget}/`,
      OIDC_ISSUER: `http://127.0.0.1:${identity}`,
      KYC_URL: `http://127.0.0.1:${kyc}/kyc`,
      EMAIL_SERVER: `smtp://127.0.0.1:${smtp}`,
      TRUSTED_PROXY_HOPS: '1',
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDirectory ?? path.join(this.folder, `data-of-${port}`),
      ...settings,
    };
    const began = performance.now();
    const program = this.#start('portal', NEXT, ['start', '--port', String(port)], env, nodeOptions);
    await ready(program, async () => (await fetch(`http://localhost:${port}/api/health/ready`)).ok);
    return {
      origin: `http://localhost:${port}`,
      pid: program.child.pid ?? 0,
      startedInMs: performance.now() - began,
      liveBytes: () => askForLiveBytes(program),
      stop: async () => {
        await endInTurn([program], 10_000);
        // First again, so that a restarted portal keeps its address.
        if (!origin) this.#portalPorts.unshift(port);
        else this.#ports.unshift(port);
      },
    };
  }

  /** Starts the bare Next application. */
  async startBare(settings: Record<string, string> = {}): Promise<Running> {
    const port = this.takePort();
    const env = { ...process.env, NODE_ENV: 'production', ...settings };
    const program = this.#start('bare', NEXT, ['start', BARE, '--port', String(port)], env);
    const origin = `http://localhost:${port}`;
    await ready(program, async () => (await fetch(`${origin}/status`)).ok);
    return { origin, pid: program.child.pid ?? 0 };
  }

  /** Starts the bare Node server. */
  async startFloor(settings: Record<string, string>): Promise<Running> {
    const port = this.takePort();
    const env = { ...process.env, ...settings, PORT: String(port) };
    const program = this.#start('floor', '../bench/floor.mjs', [], env);
    const origin = `http://localhost:${port}`;
    await ready(program, async () => (await fetch(origin)).ok);
    return { origin, pid: program.child.pid ?? 0 };
  }

  #start(
    name: string,
    file: string,
    args: string[],
    env: Record<string, string | undefined>,
    nodeOptions: string[] = [],
  ): Program {
    const program = startProgram(name, file, args, { env, nodeOptions, quiet: true });
    this.#programs.push(program);
    return program;
  }

  async close(): Promise<void> {
    await endInTurn(this.#programs.toReversed(), 5_000);
    this.#clear();
  }

  kill(): void {
    killAtOnce(this.#programs);
    this.#clear();
  }

  #clear(): void {
    this.#programs = [];
    this.#postgres?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function askForLiveBytes({ child }: Program): Promise<number> {
  return new Promise((resolve) => {
    const take = (message: { liveBytes?: number }) => {
      if (message?.liveBytes === undefined) return;
      child.off('message', take);
      resolve(message.liveBytes);
    };
    child.on('message', take);
    child.send('live memory?');
  });
}

function taken(ports: number[]): number {
  const port = ports.shift();
  if (!port) throw new Error('no port is left');
  return port;
}

/** Waits until a program is ready. A refused connection means "not yet". */
async function ready(program: Program, condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + READY_MS;
  while (!(await condition().catch(() => false))) {
    const { exitCode, signalCode } = program.child;
    if (exitCode !== null || signalCode !== null || performance.now() > end)
      throw new Error(`${program.name} does not start:\n${program.output}`);
    await sleep(20);
  }
}
