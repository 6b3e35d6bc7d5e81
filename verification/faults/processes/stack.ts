import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { Client } from 'pg';
import { startTcpProxy, type TcpProxy } from '@/tests/tcp-proxy';
import { startPostgres } from '../../../scripts/postgres.mjs';

/** A customer as the sandbox holds it. */
export interface SandboxCustomer {
  id: string;
  email: string;
  externalId: string | null;
  residenceAddress: string;
  liveTokens: number;
  walletStatus: string;
}

/** A call as the sandbox recorded it. */
export interface SandboxCall {
  path: string;
  body: Record<string, unknown>;
  status: number | null;
}

/** One portal process, which may be killed and started again. */
export interface Portal {
  origin: string;
  /** Lets the process die after so many more instants (kill.mjs); null takes that back. */
  arm(instants: number | null): void;
  kill(signal: NodeJS.Signals): void;
  running(): boolean;
  /** Starts it unless it runs. @returns milliseconds until it was ready. */
  start(): Promise<number>;
}

/** Real processes on free ports: portals, the sandbox, a database, and the networks between them. */
export interface Stack {
  portals: Portal[];
  toKunaCore: TcpProxy;
  toDatabase: TcpProxy | null;
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Lets the identity provider end a person's sessions. @returns what each portal answered, for each session. */
  endAtBank(sub: string, naming: 'session' | 'person'): Promise<{ portal: string; status: number }[]>;
  /** Runs a statement in PostgreSQL, past the portals. @returns the number of its rows. */
  sql(statement: string): Promise<number>;
  /** Kills the portals, as a crash would, and runs `npm run audit:verify`. @returns what is wrong with each log. */
  verifyAudit(): string[];
  stop(): Promise<void>;
}

const READY_MS = 60_000;
const KILL = ['--import', new URL('./kill.mjs', import.meta.url).href];

/** Builds the portal: the same build that production runs. */
export function build(): void {
  const { status } = spawnSync('node_modules/.bin/next', ['build'], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error('The portal cannot be built');
}

/** Starts everything, with some settings of the caller's own. Two portals share one address, as behind a load balancer, so they need PostgreSQL. */
export async function startStack(
  instances: number,
  database: 'embedded' | 'postgres',
  { portalPorts: chosen, settings: own = {} }: { portalPorts?: number[]; settings?: Record<string, string> } = {},
): Promise<Stack> {
  const folder = mkdtempSync(path.join(tmpdir(), 'portal-faults-'));
  const ports = await freePorts(7 + instances);
  const [api = 0, widget = 0, identity = 0, mailbox = 0, smtp = 0, kyc = 0, bank = 0, ...freePortalPorts] = ports;
  const portalPorts = chosen ?? freePortalPorts;
  const origins = portalPorts.map((port) => `http://localhost:${port}`);
  const sandbox = await startSandbox({ api, widget, identity, mailbox, smtp, kyc, bank }, origins, folder);
  const toKunaCore = await startTcpProxy({ host: '127.0.0.1', port: api });
  const postgres = database === 'postgres' ? await startPostgres() : null;
  const toDatabase = postgres ? await startTcpProxy({ host: '127.0.0.1', port: postgres.port }) : null;
  postgres?.createDatabase('portal');
  const directUrl = postgres && `postgres://portal@127.0.0.1:${postgres.port}/portal`;
  const sample = parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>;
  const settings = portalPorts.map(
    (port, index): Record<string, string> => ({
      ...sample,
      NEXTAUTH_URL: `http://localhost:${port}`,
      KUNACORE_API_URL: `http://127.0.0.1:${toKunaCore.port}`,
      KUNACORE_WIDGET_URL: `http://127.0.0.1:${widget}/`,
      OIDC_ISSUER: `http://127.0.0.1:${identity}`,
      KYC_URL: `http://127.0.0.1:${kyc}/kyc`,
      EMAIL_SERVER: `smtp://127.0.0.1:${smtp}`,
      DATA_DIR: path.join(folder, `data-${index}`),
      TRUSTED_PROXY_HOPS: '1',
      DATABASE_URL: toDatabase ? `postgres://portal@127.0.0.1:${toDatabase.port}/portal` : '',
      ...own,
    }),
  );
  const portals = portalPorts.map((port, index) => portalAt(port, folder, settings[index] ?? {}));
  await Promise.all(portals.map((portal) => portal.start()));
  return {
    portals,
    toKunaCore,
    toDatabase,
    control: (method, name, body) => control(`http://127.0.0.1:${api}/__control/${name}`, method, body),
    async endAtBank(sub, naming) {
      const address = `http://127.0.0.1:${identity}/sessions/end`;
      const body = new URLSearchParams({ sub, naming });
      const response = await fetch(address, { method: 'POST', body, headers: { accept: 'application/json' } });
      return (await response.json()) as { portal: string; status: number }[];
    },
    async sql(statement) {
      if (!directUrl) throw new Error('The embedded database has one process, the portal');
      const client = new Client({ connectionString: directUrl });
      await client.connect();
      const { rowCount } = await client.query(statement).finally(() => client.end());
      return rowCount ?? 0;
    },
    verifyAudit() {
      for (const portal of portals) portal.kill('SIGKILL');
      // Two portals on PostgreSQL share one log. The proxy cannot work while this process waits for the command.
      const logs = directUrl ? settings.slice(0, 1).map((own) => ({ ...own, DATABASE_URL: directUrl })) : settings;
      return logs.flatMap(auditProblems);
    },
    async stop() {
      for (const portal of portals) portal.kill('SIGKILL');
      sandbox.kill('SIGKILL');
      await Promise.all([toKunaCore.close(), toDatabase?.close()]);
      postgres?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function auditProblems(settings: Record<string, string>): string[] {
  const args = ['--import', 'tsx', 'scripts/verify-audit.ts'];
  const env = { ...process.env, ...settings, TSX_TSCONFIG_PATH: 'scripts/tsconfig.json' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  return status === 0 && /^ok: [1-9]/.test(stdout) ? [] : [`I10: ${stdout}${stderr}`];
}

function portalAt(port: number, folder: string, settings: Record<string, string>): Portal {
  const origin = `http://localhost:${port}`;
  const faultFile = path.join(folder, `fault-${port}`);
  const log = openSync(path.join(folder, `portal-${port}.log`), 'a');
  let child: ChildProcess | undefined;
  const running = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    origin,
    running,
    arm: (instants) => writeFileSync(faultFile, instants === null ? '' : String(instants)),
    kill: (signal) => void child?.kill(signal),
    async start() {
      if (running()) return 0;
      rmSync(faultFile, { force: true });
      const began = performance.now();
      child = spawn(process.execPath, [...KILL, 'node_modules/next/dist/bin/next', 'start', '--port', String(port)], {
        env: { ...process.env, ...settings, NODE_ENV: 'production', FAULT_FILE: faultFile },
        stdio: ['ignore', log, log],
      });
      await until(async () => (await fetch(`${origin}/api/health/ready`)).ok, `${origin} is not ready`);
      return performance.now() - began;
    },
  };
}

async function startSandbox(ports: Record<string, number>, origins: string[], folder: string): Promise<ChildProcess> {
  const log = openSync(path.join(folder, 'sandbox.log'), 'a');
  const child = spawn(process.execPath, ['--import', 'tsx', 'sandbox/main.ts'], {
    env: {
      ...process.env,
      SANDBOX_API_PORT: String(ports.api),
      SANDBOX_WIDGET_PORT: String(ports.widget),
      SANDBOX_IDP_PORT: String(ports.identity),
      SANDBOX_MAILBOX_PORT: String(ports.mailbox),
      SANDBOX_SMTP_PORT: String(ports.smtp),
      SANDBOX_KYC_PORT: String(ports.kyc),
      SANDBOX_BANK_PORT: String(ports.bank),
      SANDBOX_PORTAL_URL: origins.join(','),
      SANDBOX_STATE_FILE: '',
    },
    stdio: ['ignore', log, log],
  });
  await until(
    async () => (await fetch(`http://127.0.0.1:${ports.identity}/.well-known/openid-configuration`)).ok,
    'The sandbox does not start',
  );
  return child;
}

/** Waits for something to come true; a refused connection means "not yet". */
export async function until(condition: () => Promise<boolean>, otherwise: string, everyMs = 50): Promise<void> {
  const end = performance.now() + READY_MS;
  while (!(await condition().catch(() => false))) {
    if (performance.now() > end) throw new Error(otherwise);
    await sleep(everyMs);
  }
}

async function control<T>(url: string, method: string, body: unknown): Promise<T> {
  const response = await fetch(url, {
    method,
    ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  const ports = await Promise.all(
    servers.map(async (server) => {
      await once(server, 'listening');
      return (server.address() as { port: number }).port;
    }),
  );
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
