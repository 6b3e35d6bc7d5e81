// npm run demo: builds, then runs sandbox and portal.   npm run dev: the same with Next's development server.
// Settings come from the environment, then .env, then .env.example; ports from PORT and SANDBOX_*_PORT.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEnv } from 'node:util';

const mode = process.argv[2] === 'dev' ? 'dev' : 'demo';
const settings = readSettings();
const children = [];
let stopping = false;

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(0));

await refuseTakenPorts();
if (mode === 'demo') await finish(start('build', 'next', ['build'], { quiet: true }));
const sandbox = start('sandbox', 'tsx', ['sandbox/main.ts'], { quiet: true });
await until(() => sandbox.output.includes('sandbox ready'));
start('portal', 'next', [mode === 'dev' ? 'dev' : 'start', '--port', settings.PORT]);
await until(portalIsReady);
announce();

/** .env.example is complete and works on this machine; whatever is set elsewhere wins. */
function readSettings() {
  const read = (file) => (existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {});
  const own = { ...read('.env'), ...process.env };
  const sample = read('.env.example');
  const ports = {
    PORT: '3000',
    SANDBOX_API_PORT: '4010',
    SANDBOX_WIDGET_PORT: '4011',
    SANDBOX_IDP_PORT: '4012',
    SANDBOX_MAILBOX_PORT: '4013',
    SANDBOX_SMTP_PORT: '4025',
  };
  const values = { ...ports, ...own };
  // The sample addresses follow the ports.
  const addresses = {
    NEXTAUTH_URL: `http://localhost:${values.PORT}`,
    KUNACORE_API_URL: `http://127.0.0.1:${values.SANDBOX_API_PORT}`,
    KUNACORE_WIDGET_URL: `http://127.0.0.1:${values.SANDBOX_WIDGET_PORT}/`,
    OIDC_ISSUER: `http://127.0.0.1:${values.SANDBOX_IDP_PORT}`,
    EMAIL_SERVER: `smtp://127.0.0.1:${values.SANDBOX_SMTP_PORT}`,
  };
  const portal = { ...sample, ...addresses, ...values };
  return {
    ...portal,
    SANDBOX_PORTAL_URL: own.SANDBOX_PORTAL_URL ?? portal.NEXTAUTH_URL,
    SANDBOX_STATE_FILE: own.SANDBOX_STATE_FILE ?? `${portal.DATA_DIR}/sandbox.json`,
  };
}

/** Before anything is built: one clear line per port that somebody else listens on. */
async function refuseTakenPorts() {
  const names = Object.keys(settings).filter((name) => name === 'PORT' || /^SANDBOX_\w+_PORT$/.test(name));
  const taken = [];
  for (const name of names) if (!(await isFree(Number(settings[name])))) taken.push(name);
  for (const name of taken) console.error(`Port ${settings[name]} is in use. Stop what listens there, or set ${name}.`);
  if (taken.length > 0) process.exit(1);
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

/** Runs a command of node_modules in a process group of its own, so that ending it ends what it started too. */
function start(name, command, args, { quiet = false } = {}) {
  const child = spawn(`node_modules/.bin/${command}`, args, {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  child.output = '';
  const show = (chunk) => {
    child.output = (child.output + chunk).slice(-20_000);
    if (!quiet) process.stdout.write(chunk);
  };
  child.stdout.on('data', show);
  child.stderr.on('data', show);
  child.on('exit', (code) => {
    child.ended = true;
    if (stopping || (name === 'build' && code === 0)) return;
    if (quiet) process.stderr.write(child.output);
    console.error(`${name} ended (${code ?? 'killed'}).`);
    stop(1);
  });
  children.push(child);
  if (name === 'build') console.log('Building the portal…');
  return child;
}

function finish(child) {
  return new Promise((resolve) => child.once('exit', (code) => code === 0 && resolve()));
}

async function until(condition) {
  while (!(await condition())) await sleep(200);
}

async function portalIsReady() {
  const response = await fetch(`http://localhost:${settings.PORT}/api/health/ready`).catch(() => null);
  return response?.ok ?? false;
}

/** Ends every process that was started, then this one; what does not go within 5 s is killed. */
function stop(code) {
  if (stopping) return;
  stopping = true;
  const living = () => children.filter((child) => !child.ended && child.pid);
  const end = (signal) => {
    for (const child of living()) {
      try {
        process.kill(-child.pid, signal);
      } catch {}
    }
  };
  end('SIGTERM');
  const started = Date.now();
  const timer = setInterval(() => {
    if (Date.now() - started > 5_000) end('SIGKILL');
    if (living().length > 0) return;
    clearInterval(timer);
    process.exit(code);
  }, 50);
}

function announce() {
  const at = (port) => `http://127.0.0.1:${settings[port]}`;
  console.log(`
  Portal    ${settings.NEXTAUTH_URL}
  Sandbox   ${at('SANDBOX_WIDGET_PORT')} widget · ${at('SANDBOX_API_PORT')} KunaCore API
            ${at('SANDBOX_IDP_PORT')} identity provider · ${at('SANDBOX_MAILBOX_PORT')} mailbox

  Open the portal, choose “Open my account” and sign in as one of the sample customers.
  Ctrl-C ends everything.
`);
}
