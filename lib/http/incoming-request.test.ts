import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { currentRequest } from '@/lib/request-context';
import { type Guard, handleIncomingRequests } from './incoming-request';

let server: Server;
let address: string;
let early: Server;
let guard: Guard = () => undefined;

/** Creates a server that responds with the request as Next would receive it. */
const echoServer = () =>
  createServer(({ headers, url, method }, response) => {
    // Sets the response headers that the test names in the address, as a route would.
    const requested = new URL(url ?? '', 'http://server').searchParams;
    for (const [name, value] of requested) response.appendHeader(name, value);
    const { otherOrigin } = currentRequest() ?? {};
    response.end(JSON.stringify({ ...headers, url, method, otherOrigin }));
  });

beforeAll(async () => {
  Object.assign(process.env, parseEnv(readFileSync('.env.example', 'utf8')));
  early = echoServer();
  early.on('upgrade', () => {});
  await once(early.listen(0, '127.0.0.1'), 'listening');
  handleIncomingRequests((...arrived) => guard(...arrived));
  server = echoServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  early.close();
});

/** Sends raw bytes and reads until the connection ends. */
function raw(bytes: string, to = server): Promise<string> {
  const socket = connect((to.address() as AddressInfo).port, '127.0.0.1');
  socket.write(bytes, 'latin1');
  return text(socket);
}
const ask = async (line: string, ...headers: string[]) => {
  const response = await raw(`${[line, 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`);
  return JSON.parse(response.slice(response.indexOf('\r\n\r\n'))) as Record<string, unknown>;
};

test('knows the requests that Next sends to itself under the address at which it listens', async () => {
  const elsewhere = (mark: string) => ask('GET / HTTP/1.1', 'Host: 10.0.0.7:3000', `X-From-Itself: ${mark}`);
  const { 'x-from-itself': mark } = await ask('GET / HTTP/1.1', 'Host: localhost:3000', 'X-From-Itself: anything');
  expect(await elsewhere(String(mark))).toMatchObject({ url: '/', host: 'localhost:3000' });
  for (const wrong of ['', 'anything', `${String(mark)} `.repeat(2)])
    expect(await elsewhere(wrong)).toMatchObject({ url: '/refused/host' });
});

test('removes internal headers of the framework from requests [T17]', async () => {
  const internal = [
    ...['x-middleware-subrequest', 'x-nextjs-data', 'next-resume', 'x-action-forwarded', 'x-nonce', 'x-shown-page'],
  ];
  const aboutHost = ['x-forwarded-host', 'x-forwarded-proto', 'forwarded'];
  const sent = Object.fromEntries(
    [...internal, ...aboutHost, 'accept-language', 'next-action'].map((name) => [name, 'x']),
  );
  const seen = Object.keys((await (await fetch(address, { headers: sent })).json()) as object);
  expect(seen).toEqual(expect.arrayContaining(['host', 'accept-language', 'next-action']));
  expect(seen.filter((name) => [...internal, ...aboutHost].includes(name))).toEqual([]);
});

test('the guard decides about every request of a server, from the first one', async () => {
  const received: string[] = [];
  const guardedServer = createServer((request, response) => {
    received.push(request.url ?? '');
    response.end('served');
  });
  await once(guardedServer.listen(0, '127.0.0.1'), 'listening');
  guard = (request, response) => {
    if (request.url === '/open') return undefined;
    return Promise.resolve().then(() => {
      if (request.url === '/closed') response.end('closed');
      return request.url !== '/closed';
    });
  };
  const get = async (path: string) => {
    const response = await raw(
      `GET ${path} HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n\r\n`,
      guardedServer,
    );
    return response.split('\r\n\r\n')[1];
  };
  expect([await get('/closed'), await get('/waits'), await get('/open'), await get('/closed')]).toEqual([
    'closed',
    'served',
    'served',
    'closed',
  ]);
  guard = () => undefined;
  guardedServer.close();
  expect(received).toEqual(['/waits', '/open']);
});

test('removes rewrite headers from responses, however the head is written', async () => {
  const hidden = ['x-middleware-rewrite', 'x-nextjs-rewritten-path', 'x-nextjs-rewritten-query'];
  const ways: ((response: ServerResponse) => void)[] = [
    (response) => response.end('x'),
    (response) => response.write('x') && response.end(),
    (response) => response.writeHead(404).end('x'),
    (response) => response.writeHead(404, 'Gone', { 'x-other': 'y' }).end('x'),
    (response) => {
      response.flushHeaders();
      response.end('x');
    },
  ];
  for (const respond of ways) {
    const rewriting = createServer((_, response) => {
      for (const name of [...hidden, 'x-shown']) response.setHeader(name, '/nowhere');
      respond(response);
    });
    await once(rewriting.listen(0, '127.0.0.1'), 'listening');
    const { headers } = await fetch(`http://127.0.0.1:${(rewriting.address() as AddressInfo).port}`);
    rewriting.close();
    expect(headers.get('x-shown')).toBe('/nowhere');
    for (const name of hidden) expect(headers.has(name), name).toBe(false);
  }
});

/** Returns the headers seen with another NODE_ENV, which is restored afterwards. */
async function seenIn(mode: string, sent: Record<string, string>): Promise<string[]> {
  const environment = process.env as Record<string, string>;
  const before = environment.NODE_ENV ?? 'test';
  environment.NODE_ENV = mode;
  const seen = Object.keys((await (await fetch(address, { headers: sent })).json()) as object);
  environment.NODE_ENV = before;
  return seen;
}

const FRAMEWORKS = /^x-(nextjs|middleware)-/;

test('passes the headers of the development client only in development [T17]', async () => {
  const names = ['x-nextjs-request-id', 'x-nextjs-html-request-id'];
  const sent = Object.fromEntries([...names, 'x-nextjs-data', 'x-middleware-subrequest'].map((name) => [name, 'x']));
  expect((await seenIn('development', sent)).filter((name) => FRAMEWORKS.test(name)).sort()).toEqual(names.sort());
  expect((await seenIn('production', sent)).filter((name) => FRAMEWORKS.test(name))).toEqual([]);
});

test('closes a connection from another machine with local settings, and makes its request harmless [T39]', async () => {
  const received: string[] = [];
  const handled = createServer((request, response) => {
    received.push(`${request.method} ${request.url}`);
    response.end();
  });
  // Simulates a remote address, so that the test needs no network.
  handled.on('connection', (socket) => Object.defineProperty(socket, 'remoteAddress', { value: '192.0.2.7' }));
  await once(handled.listen(0, '127.0.0.1'), 'listening');
  const { port } = handled.address() as AddressInfo;
  const signOut = fetch(`http://127.0.0.1:${port}/sign-out`, { method: 'POST', body: 'x' });
  await expect(signOut).rejects.toThrow('fetch failed');
  handled.close();
  expect(received).toEqual(['OPTIONS /refused/method']);
});

test('sets timeouts on every server, including one that already listened [T33]', async () => {
  const response = await fetch(address);
  expect(response.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  for (const { headersTimeout, requestTimeout, timeout } of [early, server])
    expect([headersTimeout, requestTimeout, timeout]).toEqual([10_000, 30_000, 60_000]);
});

test('treats an upgrade request as an ordinary request, even with upgrade listeners [T33]', async () => {
  const upgrade =
    'GET /nope HTTP/1.1\r\nHost: localhost:3000\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n';
  expect(await raw(upgrade, early)).toMatch(/^HTTP\/1\.1 200 /);
  for (const register of ['on', 'addListener', 'once', 'prependListener'] as const) {
    server[register]('upgrade', () => {});
    expect(await raw(upgrade), register).toMatch(/^HTTP\/1\.1 200 /);
  }
});

test('keeps pipelined requests from the framework’s files [T33]', async () => {
  const one = 'GET /_next/static/x.js HTTP/1.1\r\nHost: localhost:3000\r\n';
  const responses = await raw(`${one}\r\n${one}\r\n${one}Connection: close\r\n\r\n`);
  expect(responses.match(/"url":"[^"]*"/g)).toEqual([
    '"url":"/_next/static/x.js"',
    '"url":"/refused/malformed"',
    '"url":"/refused/malformed"',
  ]);
});

test('closes a connection with more than four unanswered requests [T33]', async () => {
  const held: ServerResponse[] = [];
  const silent = createServer((_request, response) => void held.push(response));
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const request = 'GET / HTTP/1.1\r\nHost: localhost:3000\r\n\r\n';
  const socket = connect((silent.address() as AddressInfo).port, '127.0.0.1');
  socket.write(request.repeat(4));
  await expect.poll(() => held.length).toBe(4);
  expect(held.some(({ destroyed }) => destroyed)).toBe(false);
  socket.write(request);
  socket.resume();
  await once(socket, 'close');
  silent.close();
});

test('a closing server drops idle and unfinished requests, and finishes responses', async () => {
  const held: ServerResponse[] = [];
  const closing = createServer((_request, response) => void held.push(response));
  await once(closing.listen(0, '127.0.0.1'), 'listening');
  const response = raw('GET / HTTP/1.1\r\nHost: localhost:3000\r\n\r\n', closing);
  await expect.poll(() => held.length).toBe(1);
  const unfinished = ['', 'G', 'GET / HTTP/1.1\r\nHost: x'].map((bytes) => raw(bytes, closing).catch(() => 'cut'));
  await expect.poll(() => new Promise((resolve) => closing.getConnections((_error, count) => resolve(count)))).toBe(4);
  const closed = once(closing, 'close');
  closing.close();
  for (const cut of await Promise.all(unfinished)) expect(['', 'cut']).toContain(cut);
  held[0]?.end('whole');
  expect(await response).toContain('whole');
  await closed;
});

test('normalises the portal’s host and the path for the framework', async () => {
  const spellings = ['LOCALHOST:3000', 'localhost.:3000', 'localhost:03000'];
  for (const host of spellings)
    expect(await ask('GET /a?b HTTP/1.1', `Host: ${host}`)).toMatchObject({ host: 'localhost:3000' });
  expect(await ask('GET /a?b HTTP/1.1', 'Host: LOCALHOST:3000')).toMatchObject({ url: '/a?b' });
  expect(await ask('GET / HTTP/1.1', 'Host: localhost.:3000')).toMatchObject({
    url: '/refused/host',
    otherOrigin: '/',
  });
  expect(await ask('GET /api/x HTTP/1.1', 'Host: localhost.:3000')).toMatchObject({ url: '/api/x' });
  expect(await ask('GET http://localhost:3000/sign-in HTTP/1.1', 'Host: evil.example')).toMatchObject({
    host: 'localhost:3000',
    url: '/sign-in',
  });
});

test.each([
  ['GET /sign-in/ HTTP/1.1', ['Host: evil.example'], 'host'],
  ['GET //evil.example HTTP/1.1', ['Host: evil.example'], 'host'],
  ['GET /_next/static/x.js HTTP/1.1', ['Host: evil.example'], 'host'],
  ['GET http://evil.example/sign-in HTTP/1.1', ['Host: localhost:3000'], 'host'],
  ['GET /\\evil.example HTTP/1.1', ['Host: localhost:3000'], 'malformed'],
  ['GET /sign-in HTTP/1.1', ['Host: localhost:3000', 'Host: evil.example'], 'malformed'],
  ['GET /sign-in HTTP/1.1', ['Host: localhost:3000', 'HOST: localhost:3000'], 'malformed'],
  ['GET / HTTP/1.0', [], 'host'],
])('rejects %s with %j before the framework can redirect it [T28]', async (line, headers, reason) => {
  expect(await ask(line, ...headers)).toMatchObject({ url: `/refused/${reason}` });
});

test('rejects HTTP/0.9, which names no host', async () => {
  expect(await raw('GET /\r\n\r\n')).toContain('"url":"/refused/host"');
});

test('serves health under any host', async () => {
  const response = await ask('GET /api/health/live HTTP/1.1', 'Host: 10.0.0.7');
  expect(response).toMatchObject({ url: '/api/health/live' });
  expect(response.refusal).toBeUndefined();
});

test('replaces a hidden origin by the portal’s only with `Sec-Fetch-Site: same-origin` [T11]', async () => {
  const post = async (...headers: string[]) =>
    (await ask('POST / HTTP/1.1', 'Host: localhost:3000', 'Content-Length: 0', ...headers)).origin;
  expect(await post('Origin: null', 'Sec-Fetch-Site: same-origin')).toBe('http://localhost:3000');
  for (const site of ['cross-site', 'same-site', 'none', 'same-origin, cross-site'])
    expect(await post('Origin: null', `Sec-Fetch-Site: ${site}`), site).toBe('null');
  expect(await post('Origin: null')).toBe('null');
  expect(await post('Origin: http://evil.example', 'Sec-Fetch-Site: same-origin')).toBe('http://evil.example');
});

test.each([
  ['more headers than can be read', `GET / HTTP/1.1\r\nHost: x\r\nCookie: ${'x'.repeat(200_000)}\r\n\r\n`, 431],
  ['another protocol', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['a header that goes on in the next line', 'GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c: d\r\n : e\r\n\r\n', 400],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
])('responds to %s and closes the connection', async (_name, bytes, status) => {
  const response = await raw(bytes);
  expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(response.includes('Delete this site’s cookies') && response.includes('Видаліть файли cookie')).toBe(
    status === 431,
  );
});

describe('sets `cache-control` of a response [T30]', () => {
  test.each([
    ['with a cookie and no policy', 'set-cookie=a', 'no-store'],
    ['with a cookie and a public policy', 'set-cookie=a&cache-control=public, max-age=60', 'no-store'],
    ['with cookies set after the policy', 'cache-control=max-age=60&set-cookie=a&set-cookie=b', 'no-store'],
    ['with a cookie and its own `no-store`', 'set-cookie=a&cache-control=private, no-store', 'private, no-store'],
    ['without cookie and policy', 'x=y', 'no-store'],
    ['without a cookie and with a policy', 'cache-control=max-age=60', 'max-age=60'],
  ])('%s', async (_, query, expected) => {
    const target = `/?${new URLSearchParams(query)}`;
    const response = await raw(`GET ${target} HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n\r\n`);
    expect(/^cache-control: (.*)\r$/im.exec(response)?.[1]).toBe(expected);
  });
});
