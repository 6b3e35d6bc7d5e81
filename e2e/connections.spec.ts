// Tests that every connection is answered or closed, on a production portal with few file descriptors.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { expect, test } from '@playwright/test';
import { builtRoutes } from './build';
import { dataDirectory, logFile, portalEnvironment, SPARE_PORTAL } from './stack';

const { port, origin } = SPARE_PORTAL;
const HOST = new URL(origin).host;
const DESCRIPTORS = 512;
const UPGRADES = 600;

let portal: ChildProcess | undefined;

test.beforeEach(() => rmSync(dataDirectory('spare-portal'), { recursive: true, force: true }));
test.afterEach(async () => {
  const { exitCode, signalCode } = portal ?? {};
  if (!portal || exitCode !== null || signalCode !== null) return;
  portal.kill('SIGKILL');
  await new Promise((resolve) => portal?.once('exit', resolve));
});

/** Runs `next start` as `npm start` does, with few file descriptors. */
function startPortal(): ChildProcess {
  const env = { ...process.env, ...portalEnvironment('spare-portal') };
  const command = `ulimit -n ${DESCRIPTORS} && exec node_modules/.bin/next start --port ${port}`;
  return spawn('sh', ['-c', `${command} > ${logFile('spare-portal')} 2>&1`], { env });
}

/** Counts the portal's open sockets. Other descriptors belong to the database's files, which open when first used. */
function openSockets(): number {
  const folder = `/proc/${portal?.pid}/fd`;
  return readdirSync(folder).filter((name) => linkOf(`${folder}/${name}`).startsWith('socket:')).length;
}

/** Returns an empty text for a descriptor that has been closed meanwhile. */
function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
const health = async (kind = 'live') => {
  const response = await fetch(`${origin}/api/health/${kind}`, { signal: AbortSignal.timeout(10_000) });
  await response.arrayBuffer();
  return response.status;
};

interface Exchange {
  socket: Socket;
  /** Set when the portal has answered or closed the connection. */
  finished: Promise<'answered' | 'closed'>;
  closed: Promise<void>;
}

/** Sends bytes and reads the response. Without `reads` the response is left unread. */
function send(bytes: string, { reads = true } = {}): Exchange {
  const socket = connect({ port, host: 'localhost', allowHalfOpen: true });
  socket.on('error', () => {});
  socket.write(bytes);
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.once('end', () => resolve());
  });
  const responded = new Promise<'answered'>((resolve) => reads && socket.once('data', () => resolve('answered')));
  return { socket, closed, finished: Promise.race([responded, closed.then(() => 'closed' as const)]) };
}

const request = (line: string, ...headers: string[]) => `${[line, ...headers].join('\r\n')}\r\n\r\n`;

/** Every address of the build with its parameters filled in, and some unknown ones. */
function paths(): string[] {
  const routes = builtRoutes().map((route) => route.replaceAll(/\[[^\]]+\]/g, 'x'));
  return [...routes, '/nope', '//nope', '/account/', '/_next/static/x.js', '/_next/hmr', '/_next/webpack-hmr', '/%00'];
}

/** Headers that request another protocol or otherwise keep a connection open. */
const WAYS: ((path: string) => string)[] = [
  ...['websocket', 'h2c', 'TLS/1.0', 'made-up/9', 'websocket, h2c', 'WebSocket'].flatMap((protocol) => [
    (path: string) =>
      request(
        `GET ${path} HTTP/1.1`,
        `Host: ${HOST}`,
        'Connection: Upgrade, HTTP2-Settings',
        `Upgrade: ${protocol}`,
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        'HTTP2-Settings: AAMAAABkAAQAAP__',
      ),
    (path: string) =>
      request(`GET ${path} HTTP/1.1`, `Host: ${HOST}`, 'Connection: upgrade, keep-alive', `Upgrade: ${protocol}`),
  ]),
  (path) => request(`GET ${path} HTTP/1.0`, 'Connection: Upgrade', 'Upgrade: websocket'),
  (path) => request(`GET ${origin}${path} HTTP/1.1`, `Host: ${HOST}`, 'Connection: Upgrade', 'Upgrade: websocket'),
  (path) => request(`GET http://evil.example${path} HTTP/1.1`, `Host: ${HOST}`, 'Connection: Upgrade', 'Upgrade: x'),
  (path) => request(`GET ${path} HTTP/1.1`, 'Host: evil.example', 'Connection: Upgrade', 'Upgrade: websocket'),
  (path) => request(`OPTIONS ${path} HTTP/1.1`, `Host: ${HOST}`, 'Connection: Upgrade', 'Upgrade: h2c'),
  (path) =>
    request(`POST ${path} HTTP/1.1`, `Host: ${HOST}`, 'Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 4') +
    'abcd',
  (path) =>
    request(`POST ${path} HTTP/1.1`, `Host: ${HOST}`, 'Expect: 100-continue', 'Content-Length: 9', 'Upgrade: x'),
  (path) => request(`GET ${path} HTTP/1.1`, `Host: ${HOST}`, 'Expect: something-else', 'Connection: keep-alive'),
  (path) =>
    request(`GET ${path} HTTP/1.1`, `Host: ${HOST}`, 'Connection: Upgrade', 'Upgrade: websocket').repeat(3) +
    request('GET / HTTP/1.1', `Host: ${HOST}`),
  (path) => request(`CONNECT ${HOST} HTTP/1.1`, `Host: ${HOST}`, 'Connection: Upgrade', `Upgrade: x${path}`),
  (path) => request(`CONNECT ${path} HTTP/1.1`, `Host: ${HOST}`),
  (path) => request(`PRI * HTTP/2.0`, '', `SM ${path}`),
  (path) => `GET ${path}\r\n`,
  () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
];

/** The client's next step on the connection. */
const LEAVINGS: ((socket: Socket) => void)[] = [
  (socket) => void socket.destroy(),
  (socket) => void socket.resetAndDestroy(),
  (socket) => void socket.end(),
  (socket) => void socket.end('\x81\x05hello'),
];

test(`${UPGRADES} requests to switch protocols leave no connection behind; health answers all the while [T33]`, async () => {
  test.setTimeout(400_000);
  portal = startPortal();
  // The first request, sent before the portal has started.
  const first: Exchange[] = [];
  await expect
    .poll(
      async () => {
        const early = send(request('GET /nope HTTP/1.1', `Host: ${HOST}`, 'Connection: Upgrade', 'Upgrade: websocket'));
        first.push(early);
        return new Promise((resolve) => {
          early.socket.once('connect', () => resolve('connected'));
          early.socket.once('close', () => resolve('refused'));
        });
      },
      { timeout: 120_000, intervals: [10] },
    )
    .toBe('connected');
  expect(await first.at(-1)?.finished).toMatch(/answered|closed/);
  first.at(-1)?.socket.destroy();
  await expect.poll(() => health('ready').catch(() => 0), { timeout: 120_000 }).toBe(200);
  const before = await settledSockets();

  let going = true;
  const statuses = new Set<number>();
  const watching = (async () => {
    while (going) statuses.add(await health());
  })();
  const all = paths();
  const worker = async (number: number, step: number) => {
    for (let index = number; index < UPGRADES; index += step) {
      const way = WAYS[index % WAYS.length] as (path: string) => string;
      const path = all[Math.floor(index / WAYS.length) % all.length] as string;
      const { socket, finished, closed } = send(way(path));
      await finished;
      LEAVINGS[index % LEAVINGS.length]?.(socket);
      await closed;
      socket.destroy();
    }
  };
  await Promise.all(Array.from({ length: 40 }, (_, number) => worker(number, 40)));
  going = false;
  await watching;
  expect([...statuses]).toEqual([200]);
  await expect.poll(openSockets, { timeout: 90_000 }).toBeLessThanOrEqual(before);
  await endWithOpenConnections();
});

/** Returns the lowest number of open sockets within eight seconds, after which our own connections have ended. */
async function settledSockets(): Promise<number> {
  let lowest = openSockets();
  for (let n = 0; n < 8; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    lowest = Math.min(lowest, openSockets());
  }
  return lowest;
}

/** Leaves requests unfinished in every way, sends SIGTERM, and waits for the process to end. */
async function endWithOpenConnections(): Promise<void> {
  const open = [...WAYS.map((way) => way('/nope')), ...UNFINISHED].map((bytes) => send(bytes));
  const ended = [...WAYS.slice(0, 6).map((way) => way('/account'))].map((bytes) => send(bytes));
  for (const { socket } of ended) socket.end();
  await expect.poll(() => health().catch(() => 0)).toBe(200);
  const exit = new Promise((resolve) => portal?.once('exit', resolve));
  portal?.kill('SIGTERM');
  expect(await exit).toBe(143);
  await Promise.all(open.map(({ closed }) => closed));
  for (const { socket } of [...open, ...ended]) socket.destroy();
}

/** Requests that a slow client leaves unfinished. */
const UNFINISHED = [
  '',
  'G',
  'GET / HTTP/1.1\r\nHost: x',
  request('GET /account HTTP/1.1', `Host: ${HOST}`, 'Connection: Upgrade', 'Upgrade: websocket').slice(0, -2),
  `${request('POST /sign-out HTTP/1.1', `Host: ${HOST}`, `Origin: ${origin}`, 'Content-Length: 50')}where=`,
  request(
    'POST /sign-out HTTP/1.1',
    `Host: ${HOST}`,
    `Origin: ${origin}`,
    'Content-Length: 50',
    'Expect: 100-continue',
  ),
  `${request('POST /account HTTP/1.1', `Host: ${HOST}`, `Origin: ${origin}`, 'Transfer-Encoding: chunked')}fff\r\nab`,
];

test('a client that is slow to send or to read is closed: at most 40 seconds for headers, 60 for a request [T33]', async () => {
  test.setTimeout(300_000);
  portal = startPortal();
  await expect.poll(() => health('ready').catch(() => 0), { timeout: 120_000 }).toBe(200);
  const before = await settledSockets();
  const slow = UNFINISHED.map((bytes) => drip(send(bytes)));
  const reader = unread();
  await Promise.all(slow.map(({ closed }) => closed));
  // A client that does not read cannot see the close; count the portal's sockets instead.
  await expect.poll(openSockets, { timeout: 120_000 }).toBeLessThanOrEqual(before);
  for (const { socket } of [...slow, reader]) socket.destroy();
  await expect.poll(() => health().catch(() => 0)).toBe(200);
});

/** Requests 40 MB of scripts on one connection without reading them. Each would hold an open file. */
function unread(): Exchange {
  const scripts = readdirSync('.next/static/chunks').filter((name) => name.endsWith('.js'));
  const sizes = scripts.map((name) => ({ name, size: statSync(`.next/static/chunks/${name}`).size }));
  const [largest] = sizes.sort((a, b) => b.size - a.size);
  const scriptRequest = request(`GET /_next/static/chunks/${largest?.name} HTTP/1.1`, `Host: ${HOST}`);
  return send(scriptRequest.repeat(Math.ceil(40_000_000 / (largest?.size ?? 1))), { reads: false });
}

/** Sends one byte every second while the connection is open. */
function drip(exchange: Exchange): Exchange {
  const timer = setInterval(() => exchange.socket.write('x'), 1_000);
  void exchange.closed.then(() => clearInterval(timer));
  return exchange;
}
