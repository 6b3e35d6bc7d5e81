// The services of a layout: PostgreSQL with or without PgBouncer, the sandbox, instances of the portal, a proxy.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { logFile, PORTAL, portalEnvironment, SANDBOX, sandboxEnvironment } from '../../e2e/stack';
import { startPgBouncer } from '../../scripts/pgbouncer.mjs';
import { startPostgres } from '../../scripts/postgres.mjs';
import { childrenOf, FOLDER, type Started, start, until, type Variables } from './processes';

/** The proxy's plain port, and those of the instances behind it. */
const HTTP_PORT = PORTAL.port + 60;
const INSTANCE_PORTS = [PORTAL.port + 61, PORTAL.port + 62];
export const INSTANCES = INSTANCE_PORTS.map((port) => `http://127.0.0.1:${port}`);

/** A user that no account has, as OpenShift draws one. */
const USER = '1000660000';

export type ProxyName = 'nginx' | 'haproxy' | 'caddy';

/** Starts PostgreSQL, and PgBouncer in transaction mode. @returns the settings that lead to them. */
export async function startDatabase(): Promise<{ direct: Variables; pooled: Variables }> {
  const postgres = await startPostgres();
  const url = postgres.createDatabase('portal');
  const pooler = await startPgBouncer({ port: postgres.port, users: { portal: 'portal' } });
  migrate(url);
  // As in compose.yaml: the password comes apart from the address.
  const pooled = `postgres://portal@127.0.0.1:${pooler.port}/portal`;
  return {
    direct: { DATABASE_URL: url, DATABASE_MIGRATIONS: 'wait' },
    pooled: { DATABASE_URL: pooled, DATABASE_DIRECT_URL: url, DATABASE_MIGRATIONS: 'wait', PGPASSWORD: 'portal' },
  };
}

/** As the tools image does, before the instances start. */
function migrate(url: string): void {
  const env = { ...process.env, ...portalEnvironment('portal', 0), DATABASE_URL: url };
  execFileSync('npm', ['run', 'db:migrate'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

export async function startSandbox(): Promise<Started> {
  // Its identity provider calls the portal.
  const { PATH, NODE_EXTRA_CA_CERTS } = process.env;
  const env = { PATH, NODE_EXTRA_CA_CERTS, ...sandboxEnvironment(0) };
  const sandbox = start(logFile('sandbox', 0), ['node', '--import', 'tsx', 'sandbox/main.ts'], env);
  await until(sandbox, `${SANDBOX.api}/__control/switches`);
  return sandbox;
}

/**
 * Starts an image as a container engine would: as PID 1, as a user without account or capabilities, with a root file system
 * on which nothing can be written. Needs root.
 */
function startContainer(image: string, settings: Variables): Started {
  const env = {
    ...portalEnvironment('portal', 0),
    PATH: process.env.PATH,
    DATA_DIR: '/nowhere',
    ...settings,
  };
  const drop = `setpriv --reuid ${USER} --regid 0 --clear-groups --no-new-privs --bounding-set -all --inh-caps -all`;
  const inside = `mount -o remount,ro,bind / && cd '${image}' && exec ${drop} node server.js`;
  const command = ['unshare', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', inside];
  // Where the end-to-end tests look for what the portal logs.
  return start(logFile('portal', 0), command, env);
}

/** Starts an image as the only instance, at the portal's address. */
export async function startAlone(image: string, settings: Variables): Promise<Started> {
  const portal = startContainer(image, { ...settings, HOSTNAME: 'localhost', PORT: String(PORTAL.port) });
  await until(portal, `${PORTAL.origin}/api/health/ready`);
  return portal;
}

/** Starts one of the two instances behind the proxy. */
export async function startInstance(index: 0 | 1, image: string, settings: Variables): Promise<Started> {
  const portal = startContainer(image, {
    INSTANCES: '2',
    TRUSTED_PROXY_HOPS: '1',
    DRAIN_SECONDS: '5',
    ...settings,
    HOSTNAME: '127.0.0.1',
    PORT: String(INSTANCE_PORTS[index]),
  });
  await until(portal, `${INSTANCES[index]}/api/health/ready`);
  return portal;
}

/** Ends an instance as an engine does. The signal goes to node, which is PID 1 in its namespace. */
export async function endInstance({ child, ended }: Started): Promise<number | string | null> {
  for (const pid of childrenOf(child)) process.kill(pid, 'SIGTERM');
  return ended;
}

/** Starts a proxy with its file of deploy/, filled in with these addresses. */
export async function startProxy(proxy: ProxyName): Promise<Started> {
  const tls = path.join(FOLDER, 'tls');
  const env = {
    PATH: process.env.PATH,
    XDG_DATA_HOME: FOLDER,
    XDG_CONFIG_HOME: FOLDER,
    PORTAL_1: `127.0.0.1:${INSTANCE_PORTS[0]}`,
    PORTAL_2: `127.0.0.1:${INSTANCE_PORTS[1]}`,
    PORTAL_HOST: 'localhost',
    HTTP_PORT: String(HTTP_PORT),
    TLS_PORT: String(PORTAL.port),
    TLS_FILES: tls,
  };
  const commands = {
    nginx: () => ['nginx', '-c', nginxFile(env), '-g', 'daemon off;'],
    haproxy: () => ['haproxy', '-db', '-f', 'deploy/haproxy/haproxy.cfg'],
    caddy: () => ['caddy', 'run', '--adapter', 'caddyfile', '--config', 'deploy/caddy/Caddyfile'],
  };
  const started = start(path.join(FOLDER, `${proxy}.log`), commands[proxy](), env);
  await until(started, `http://localhost:${HTTP_PORT}/`, 308);
  return started;
}

/** Fills in the template, as nginx's image does, within the settings that the image has. */
function nginxFile(env: Record<string, string | undefined>): string {
  const template = readFileSync('deploy/nginx/portal.conf.template', 'utf8');
  const site = template.replace(/\$\{(\w+)\}/g, (_, name: string) => env[name] ?? '');
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${FOLDER}/nginx;`,
  );
  const file = path.join(FOLDER, 'nginx.conf');
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(
    file,
    `worker_processes 2;\nuser root;\npid ${FOLDER}/nginx.pid;\nerror_log ${FOLDER}/nginx-error.log warn;\nevents {}\nhttp {\naccess_log off;\n${folders.join('\n')}\n${site}\n}\n`,
  );
  return file;
}
