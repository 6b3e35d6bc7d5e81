// npm start: runs the built portal with your own settings.
// npm run demo: builds, then runs sandbox and portal.   npm run dev: runs both with Next's development server.
// Demo and dev read settings from the environment, then .env, then .env.example, and ports from PORT and
// SANDBOX_*_PORT. Arguments after the mode go to Next.
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { forwardOtherLoopback, loopbackHost } from './loopback.mjs';
import { endInTurn, killAtOnce, startProgram } from './processes.mjs';
import { readSettings, readSettingsFile } from './settings.mjs';

/** Node's own options for the portal's server, in production and development. */
const SERVER_NODE_OPTIONS = [];

/** Keeps Next from reading the settings' files itself: it would replace `$name` in their values (@next/env). */
const WITHOUT_FILES = { __NEXT_PROCESSED_ENV: 'true' };

const NEXT = 'next/dist/bin/next';
/** Beyond DRAIN_SECONDS: longer than any request may take (lib/http/incoming-request.ts), so that those in progress finish. */
const DRAIN_MS = 70_000;
/** A signal of the terminal arrives twice: directly and through npm. */
const SAME_GESTURE_MS = 1_000;
/** The time that a stopping server needs to free its ports. */
const PORTS_WAIT_MS = 8_000;

const startedAt = Date.now();
const [mode = 'demo', ...args] = process.argv.slice(2);
const settings = mode === 'start' ? readSettings() : completeSettings();
const programs = [];
let stopping = 0;
let stopForwarding = () => {};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0));
endWithNpm();

if (mode === 'start') await startPortal();
else await startWithSandbox();

async function startPortal() {
  const given = parseArgs({
    args,
    strict: false,
    options: { hostname: { type: 'string', short: 'H' }, port: { type: 'string', short: 'p' } },
  }).values;
  const port = Number(given.port ?? settings.PORT ?? 3000);
  const host = given.hostname ? null : loopbackHost(settings.NEXTAUTH_URL);
  // Next reports a port that is still taken after the wait.
  await whenFree([port]);
  if (stopping > 0) return;
  const options = ['start', ...args, ...(host ? ['--hostname', host] : [])];
  const env = { ...settings, ...WITHOUT_FILES };
  const portal = run('portal', NEXT, options, { nodeOptions: SERVER_NODE_OPTIONS, env });
  if (host) await forwardWhenReady(portal, port);
}

async function startWithSandbox() {
  await refuseTakenPorts();
  if (stopping > 0) return;
  const env = { ...settings, ...WITHOUT_FILES };
  if (mode === 'demo' && !(await build(env))) return;
  console.log('Starting the portal…');
  const sandbox = run('sandbox', '../sandbox/main.ts', [], { env, quiet: true, nodeOptions: ['--import', 'tsx'] });
  await until(sandbox, () => sandbox.output.includes('sandbox ready'));
  if (stopping > 0) return;
  const host = loopbackHost(settings.NEXTAUTH_URL) ?? 'localhost';
  const command = [mode === 'dev' ? 'dev' : 'start', ...args, '--port', settings.PORT, '--hostname', host];
  const portal = run('portal', NEXT, command, { env, nodeOptions: SERVER_NODE_OPTIONS });
  await forwardWhenReady(portal, Number(settings.PORT));
  if (stopping === 0) announce();
}

/** Reads .env.example, which is complete and works on one machine. Other settings override it. */
function completeSettings() {
  const own = readSettings(['.env']);
  const ports = {
    PORT: '3000',
    SANDBOX_API_PORT: '4010',
    SANDBOX_WIDGET_PORT: '4011',
    SANDBOX_IDP_PORT: '4012',
    SANDBOX_MAILBOX_PORT: '4013',
    SANDBOX_KYC_PORT: '4014',
    SANDBOX_BANK_PORT: '4015',
    SANDBOX_SMTP_PORT: '4025',
  };
  const values = { ...ports, ...own };
  // The sample addresses follow the ports.
  const addresses = {
    NEXTAUTH_URL: `http://localhost:${values.PORT}`,
    KUNACORE_API_URL: `http://127.0.0.1:${values.SANDBOX_API_PORT}`,
    KUNACORE_WIDGET_URL: `http://127.0.0.1:${values.SANDBOX_WIDGET_PORT}/`,
    OIDC_ISSUER: `http://127.0.0.1:${values.SANDBOX_IDP_PORT}`,
    KYC_URL: `http://127.0.0.1:${values.SANDBOX_KYC_PORT}/kyc`,
    KUNACORE_WIDGET_FRAME_ORIGINS: `http://127.0.0.1:${values.SANDBOX_BANK_PORT}`,
    EMAIL_SERVER: `smtp://127.0.0.1:${values.SANDBOX_SMTP_PORT}`,
  };
  const portal = { ...readSettingsFile('.env.example'), ...addresses, ...values };
  return {
    ...portal,
    SANDBOX_PORTAL_URL: own.SANDBOX_PORTAL_URL ?? portal.NEXTAUTH_URL,
    SANDBOX_STATE_FILE: own.SANDBOX_STATE_FILE ?? `${portal.DATA_DIR}/sandbox.json`,
  };
}

/** Exits before the build if ports are in use, with one line for each. */
async function refuseTakenPorts() {
  const names = Object.keys(settings).filter((name) => name === 'PORT' || /^SANDBOX_\w+_PORT$/.test(name));
  const inUse = await whenFree(names.map((name) => Number(settings[name])));
  for (const name of names)
    if (inUse.includes(Number(settings[name])))
      console.error(`Port ${settings[name]} is in use. Stop what listens there, or set ${name}.`);
  if (inUse.length > 0) process.exit(1);
}

/** Waits some seconds for ports to become free. @returns those that are still in use. */
async function whenFree(ports) {
  for (const started = Date.now(); ; await sleep(250)) {
    const free = await Promise.all(ports.map(isFree));
    const inUse = ports.filter((_, index) => !free[index]);
    if (inUse.length === 0 || stopping > 0 || Date.now() - started >= PORTS_WAIT_MS) return inUse;
  }
}

async function isFree(port) {
  for (const host of ['127.0.0.1', '::']) {
    const free = await new Promise((resolve) => {
      const probe = createServer();
      probe.once('error', (error) => resolve(error.code !== 'EADDRINUSE'));
      probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
    });
    if (!free) return false;
  }
  return true;
}

async function build(env) {
  console.log('Building the portal…');
  const building = startProgram('build', NEXT, ['build'], { env: { ...env, BUILD_FOR: 'demo' }, quiet: true });
  programs.push(building);
  const code = await building.ended;
  programs.pop();
  if (code === 0 && stopping === 0) return true;
  if (stopping === 0) process.stderr.write(building.output);
  await stop(code || 1);
  return false;
}

/** Starts a program that must run as long as this one. Ends everything when it ends. */
function run(name, file, options, how) {
  const program = startProgram(name, file, options, how);
  programs.unshift(program);
  void program.ended.then((code) => {
    if (stopping > 0) return;
    process.stderr.write(program.output);
    console.error(`${name} ended (${code ?? 'killed'}).`);
    void stop(code || 1);
  });
  return program;
}

/** Listens on the other loopback address only after Next has taken the one it needs. */
async function forwardWhenReady(portal, port) {
  const host = loopbackHost(settings.NEXTAUTH_URL) ?? 'localhost';
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${port}/api/health/ready`;
  await until(portal, async () => (await fetch(address).catch(() => null))?.ok ?? false);
  if (stopping === 0) stopForwarding = await forwardOtherLoopback(port);
}

async function until({ child }, condition) {
  while (child.exitCode === null && stopping === 0 && !(await condition())) await sleep(200);
}

/** Stops the portal first, because its requests need the sandbox. A second signal kills. */
async function stop(code) {
  if (stopping > 0) {
    if (Date.now() - stopping > SAME_GESTURE_MS) killAtOnce(programs);
    return;
  }
  stopping = Date.now();
  stopForwarding();
  await endInTurn(programs, DRAIN_MS + 1000 * Number(settings.DRAIN_SECONDS || 0));
  process.exit(code);
}

/** Ends with npm. It forwards only SIGTERM and SIGINT, so another end shows as a changed parent id. */
function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && stopping === 0 && void stop(0), 250).unref();
}

function announce() {
  const at = (port) => `http://127.0.0.1:${settings[port]}`;
  console.log(`
  Ready in ${Math.round((Date.now() - startedAt) / 1000)} s.

  Portal    ${settings.NEXTAUTH_URL}
  Console   ${at('SANDBOX_API_PORT')} every state by a click: people, purchases, failures
  Sandbox   ${at('SANDBOX_WIDGET_PORT')} widget · ${at('SANDBOX_IDP_PORT')} identity provider · ${at('SANDBOX_MAILBOX_PORT')} mailbox

  Open the portal, choose “Open my account” and sign in as one of the sample customers.
  Ctrl-C ends everything.
`);
}
