// Tests that every process started by `npm start`, `npm run dev` or `npm run demo` ends with it, in every way to end.

import { readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { copyCheckout } from './checkout-copy';
import { isFree, living, type NpmRun, npmRun, type RunningProcess } from './npm';
import { dataDirectory, OWN_RUN, portalEnvironment, SPARE_PORTAL } from './stack';

const TIMEOUT_MS = 180_000;
test.describe.configure({ timeout: 900_000 });

const runs: NpmRun[] = [];
test.afterEach(async () => {
  // Processes remain here only if a test failed.
  for (const { npm } of runs.splice(0)) if (npm.exitCode === null) npm.kill('SIGKILL');
});

function start(script: 'start' | 'dev' | 'demo', folder = '.', settings = {}): NpmRun {
  const env =
    script === 'start'
      ? { ...portalEnvironment('spare-portal'), DATABASE_URL: '', PORT: String(SPARE_PORTAL.port) }
      : { PORT: String(OWN_RUN.port), ...OWN_RUN.sandbox };
  const run = npmRun(script, { cwd: folder, env: { ...env, ...settings } });
  runs.push(run);
  return run;
}

/** Sends a signal as a terminal does, to its whole foreground process group. */
const toGroup = (signal: NodeJS.Signals) => (run: NpmRun) => process.kill(-(run.npm.pid ?? 0), signal);
const toNpm = (signal: NodeJS.Signals) => (run: NpmRun) => void run.npm.kill(signal);
const toScript = (signal: NodeJS.Signals) => (run: NpmRun) => process.kill(find(run, /run\.mjs/).pid, signal);

const WAYS: [string, (run: NpmRun) => void][] = [
  ['Ctrl-C', toGroup('SIGINT')],
  ['SIGTERM to npm', toNpm('SIGTERM')],
  ['SIGTERM to the script alone', toScript('SIGTERM')],
  ['a closed terminal', toGroup('SIGHUP')],
  ['npm killed', toNpm('SIGKILL')],
  ['the script killed', toScript('SIGKILL')],
];

function find(run: NpmRun, command: RegExp): RunningProcess {
  const found = run.processes().find((one) => command.test(one.command) && !/^npm/.test(one.command));
  if (!found) throw new Error(`no process ${command} among\n${JSON.stringify(run.processes(), null, 1)}`);
  return found;
}

async function expectAllGone(run: NpmRun, processes: RunningProcess[], ports: number[]): Promise<void> {
  await run.ended;
  await expect.poll(() => living(processes), { timeout: TIMEOUT_MS }).toEqual([]);
  for (const port of ports) expect(await isFree(port), `port ${port}`).toBe(true);
}

/**
 * Returns the status of a response, on a connection of its own: one that is kept may close as it is used again. 0 without a
 * response.
 */
const statusOf = (address: string) =>
  new Promise<number>((resolve) => {
    const request = get(address, { agent: false }, (response) => resolve(response.resume().statusCode ?? 0));
    request.once('error', () => resolve(0));
  });
const isReady = (origin: string) =>
  expect.poll(() => statusOf(`${origin}/api/health/ready`), { timeout: TIMEOUT_MS }).toBe(200);

test.describe('npm start', () => {
  test.beforeAll(() => rmSync(dataDirectory('spare-portal'), { recursive: true, force: true }));

  for (const [way, end] of WAYS)
    test(`npm start ends, with every process it started, after ${way}`, async () => {
      const run = start('start');
      await isReady(SPARE_PORTAL.origin);
      const processes = run.processes();
      expect(processes.length).toBeGreaterThan(2);
      end(run);
      await expectAllGone(run, processes, [SPARE_PORTAL.port]);
    });

  test('a request in progress is answered before npm start ends', async () => {
    const run = start('start');
    await isReady(SPARE_PORTAL.origin);
    const processes = run.processes();
    const request = await openRequest(SPARE_PORTAL.port);
    run.npm.kill('SIGTERM');
    // The shutdown has begun when new connections are refused.
    await expect.poll(() => acceptsConnections(SPARE_PORTAL.port), { timeout: TIMEOUT_MS }).toBe(false);
    expect(run.npm.exitCode).toBeNull();
    expect(await request.finish()).toMatch(/^HTTP\/1\.1 303 /);
    await expectAllGone(run, processes, [SPARE_PORTAL.port]);
  });

  test('a portal that drains says that it is not ready, serves, and then ends', async () => {
    const run = start('start', '.', { DRAIN_SECONDS: '10' });
    await isReady(SPARE_PORTAL.origin);
    const processes = run.processes();
    run.npm.kill('SIGTERM');
    const readiness = () => statusOf(`${SPARE_PORTAL.origin}/api/health/ready`);
    await expect.poll(readiness, { timeout: TIMEOUT_MS }).toBe(503);
    expect(await statusOf(SPARE_PORTAL.origin)).toBe(200);
    await expectAllGone(run, processes, [SPARE_PORTAL.port]);
  });

  test('a second Ctrl-C does not wait for requests', async () => {
    const run = start('start');
    await isReady(SPARE_PORTAL.origin);
    const processes = run.processes();
    const request = await openRequest(SPARE_PORTAL.port);
    toGroup('SIGINT')(run);
    await sleep(1_500);
    expect(living(processes).length).toBeGreaterThan(1);
    toGroup('SIGINT')(run);
    await expectAllGone(run, processes, [SPARE_PORTAL.port]);
    request.abandon();
  });

  test('a suspended portal ends as well', async () => {
    const run = start('start');
    await isReady(SPARE_PORTAL.origin);
    const processes = run.processes();
    process.kill(find(run, /next-server/).pid, 'SIGSTOP');
    run.npm.kill('SIGTERM');
    await expectAllGone(run, processes, [SPARE_PORTAL.port]);
  });

  test('a start directly after a kill waits for the processes that are still ending', async () => {
    const first = start('start');
    await isReady(SPARE_PORTAL.origin);
    const processes = first.processes();
    first.npm.kill('SIGKILL');
    const second = start('start');
    await expect.poll(() => living(processes), { timeout: TIMEOUT_MS }).toEqual([]);
    await isReady(SPARE_PORTAL.origin);
    const running = second.processes();
    second.npm.kill('SIGTERM');
    await expectAllGone(second, running, [SPARE_PORTAL.port]);
  });

  test('npm start ends with an error when the portal ends by itself', async () => {
    const run = start('start');
    await isReady(SPARE_PORTAL.origin);
    const processes = run.processes();
    process.kill(find(run, /next-server/).pid, 'SIGKILL');
    await expectAllGone(run, processes, [SPARE_PORTAL.port]);
    expect((await run.ended).code).toBe(1);
    expect(run.output()).toContain('portal ended (killed).');
  });
});

function acceptsConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const accepted = new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  return accepted.finally(() => socket.destroy());
}

/** Sends a form without its last byte, and resolves when the portal has read its headers. */
async function openRequest(port: number): Promise<{ finish(): Promise<string>; abandon(): void }> {
  const socket = connect(port, '127.0.0.1');
  let response = '';
  socket.on('data', (chunk) => (response += chunk));
  socket.on('error', () => {});
  const ended = new Promise((resolve) => socket.once('close', resolve));
  const body = 'theme=dark';
  socket.write(
    [
      'POST /preferences HTTP/1.1',
      `Host: localhost:${port}`,
      `Origin: http://localhost:${port}`,
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${body.length}`,
      'Expect: 100-continue',
      'Connection: close',
      '',
      body.slice(0, -1),
    ].join('\r\n'),
  );
  await expect.poll(() => response, { timeout: TIMEOUT_MS }).toContain('HTTP/1.1 100 Continue');
  return {
    async finish() {
      response = response.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
      socket.write(body.slice(-1));
      await ended;
      return response;
    },
    abandon: () => socket.destroy(),
  };
}

const OWN_PORTS = [OWN_RUN.port, ...Object.values(OWN_RUN.sandbox).map(Number)];

test.describe('npm run dev', () => {
  for (const [way, end] of WAYS)
    test(`npm run dev ends, with every process it started, after ${way}`, async () => {
      const run = start('dev', copyCheckout('start-and-stop', ['scripts', 'sandbox', 'e2e', '.env.example']));
      await run.until('Ready in', TIMEOUT_MS);
      const processes = run.processes();
      expect(processes.length).toBeGreaterThan(4);
      end(run);
      await expectAllGone(run, processes, OWN_PORTS);
    });

  test('npm run dev says so and ends everything when the sandbox dies', async () => {
    const run = start('dev', copyCheckout('start-and-stop', ['scripts', 'sandbox', 'e2e', '.env.example']));
    await run.until('Ready in', TIMEOUT_MS);
    const processes = run.processes();
    process.kill(find(run, /sandbox\/main/).pid, 'SIGKILL');
    await expectAllGone(run, processes, OWN_PORTS);
    expect((await run.ended).code).toBe(1);
    expect(run.output()).toContain('sandbox ended (killed).');
  });
});

test('npm run demo can be ended in the middle of its build', async () => {
  const run = start('demo', copyCheckout('start-and-stop', ['scripts', 'sandbox', 'e2e', '.env.example']));
  await run.until('Building the portal', TIMEOUT_MS);
  await expect.poll(() => run.processes().length, { timeout: TIMEOUT_MS }).toBeGreaterThan(2);
  const processes = run.processes();
  toGroup('SIGINT')(run);
  await expectAllGone(run, processes, OWN_PORTS);
});

test('npm run demo works as README says, on this machine only, and every link works', async ({ page }) => {
  const run = start('demo', copyCheckout('start-and-stop', ['scripts', 'sandbox', 'e2e', '.env.example']));
  await run.until('Ctrl-C ends everything', 600_000);

  for (const name of ['localhost', '127.0.0.1', '[::1]'])
    expect(await statusOf(`http://${name}:${OWN_RUN.port}/api/health/ready`), name).toBe(200);
  const outside = Object.values(networkInterfaces())
    .flat()
    .filter((one) => one && !one.internal && one.family === 'IPv4');
  for (const { address } of outside as { address: string }[])
    for (const port of OWN_PORTS) expect(await statusOf(`http://${address}:${port}/`), `${address}:${port}`).toBe(0);

  await page.goto(`http://127.0.0.1:${OWN_RUN.port}/sign-in?from=bookmark`);
  expect(page.url()).toBe(`${OWN_RUN.origin}/sign-in?from=bookmark`);

  const printed = localLinks(run.output().slice(run.output().indexOf('  Portal ')));
  expect(printed).toHaveLength(5);
  for (const link of [...printed, ...localLinks(readFileSync('README.md', 'utf8')).map(onOwnPorts)]) {
    const response = await page.goto(link);
    expect(response?.status(), link).toBeLessThan(300);
  }
  const widget = `http://127.0.0.1:${OWN_RUN.sandbox.SANDBOX_WIDGET_PORT}`;
  await page.goto(widget);
  await page.getByRole('link', { name: /Kuna’s own sign-in/ }).click();
  await expect(page.getByLabel('E-mail')).toBeVisible();

  const processes = run.processes();
  toGroup('SIGINT')(run);
  await expectAllGone(run, processes, OWN_PORTS);
});

function localLinks(text: string): string[] {
  return [...new Set(text.match(/http:\/\/(?:localhost|127\.0\.0\.1):\d+[^\s)>]*/g) ?? [])];
}

/** Replaces README's ports, which are the demo's, by the test's. */
function onOwnPorts(link: string): string {
  const { sandbox } = OWN_RUN;
  const ports: Record<string, string | number> = {
    3000: OWN_RUN.port,
    4010: sandbox.SANDBOX_API_PORT,
    4011: sandbox.SANDBOX_WIDGET_PORT,
    4012: sandbox.SANDBOX_IDP_PORT,
    4013: sandbox.SANDBOX_MAILBOX_PORT,
    4014: sandbox.SANDBOX_KYC_PORT,
    4015: sandbox.SANDBOX_BANK_PORT,
  };
  return link.replace(/:(\d+)/, (_, port) => `:${ports[port] ?? `unknown-${port}`}`);
}
