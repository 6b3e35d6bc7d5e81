import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFrontDoor } from './front-door';

let server: Server;
let address: string;

/** A server that tells which headers it was given, as Next would be. */
beforeAll(async () => {
  Object.assign(process.env, parseEnv(readFileSync('.env.example', 'utf8')));
  openFrontDoor();
  server = createServer((request, response) => response.end(JSON.stringify(request.headers)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

test('what only the framework may say is taken away before it looks', async () => {
  const orders = ['x-middleware-subrequest', 'x-nextjs-data', 'next-resume', 'x-action-forwarded', 'x-nonce'];
  const claims = ['x-forwarded-host', 'x-forwarded-proto', 'forwarded'];
  const sent = Object.fromEntries([...orders, ...claims, 'accept-language', 'next-action'].map((name) => [name, 'x']));
  const seen = Object.keys((await (await fetch(address, { headers: sent })).json()) as object);
  expect(seen).toEqual(expect.arrayContaining(['host', 'accept-language', 'next-action']));
  expect(seen.filter((name) => [...orders, ...claims].includes(name))).toEqual([]);
});

/** Development shares this process with no other test: the variable is put back. */
async function seenIn(mode: string, sent: Record<string, string>): Promise<string[]> {
  const environment = process.env as Record<string, string>;
  const before = environment.NODE_ENV ?? 'test';
  environment.NODE_ENV = mode;
  const seen = Object.keys((await (await fetch(address, { headers: sent })).json()) as object);
  environment.NODE_ENV = before;
  return seen;
}

test('the names that the development client gives its requests reach Next in development alone', async () => {
  const names = ['x-nextjs-request-id', 'x-nextjs-html-request-id'];
  const sent = Object.fromEntries([...names, 'x-nextjs-data', 'x-middleware-subrequest'].map((name) => [name, 'x']));
  expect((await seenIn('development', sent)).filter((name) => name.startsWith('x-')).sort()).toEqual(names.sort());
  expect((await seenIn('production', sent)).filter((name) => name.startsWith('x-'))).toEqual([]);
});

test('with the settings of one machine, a connection from another is cut and its request does nothing', async () => {
  const asked: string[] = [];
  const handled = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end();
  });
  // As a stranger's would arrive; a machine need not have a network for this test.
  handled.on('connection', (socket) => Object.defineProperty(socket, 'remoteAddress', { value: '192.0.2.7' }));
  await once(handled.listen(0, '127.0.0.1'), 'listening');
  const { port } = handled.address() as AddressInfo;
  const signOut = fetch(`http://127.0.0.1:${port}/sign-out`, { method: 'POST', body: 'x' });
  await expect(signOut).rejects.toThrow('fetch failed');
  handled.close();
  expect(asked).toEqual(['OPTIONS /']);
});

test('while the server closes, a connection that is kept alive ends with its next answer', async () => {
  let answer = () => {};
  const closing = createServer((_request, response) => {
    answer = () => response.end('done');
    if (!closing.listening) answer();
  });
  await once(closing.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((closing.address() as AddressInfo).port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk) => (received += chunk));
  const asked = once(closing, 'request');
  socket.write('GET /first HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await asked;
  const closed = Promise.all([once(closing.close(), 'close'), once(socket, 'close')]);
  answer();
  await expect.poll(() => received).toContain('done');
  expect(received).not.toMatch(/^connection: close/im);
  socket.write('GET /second HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await closed;
  expect(received).toMatch(/^connection: close/im);
});

test('a client that sends slowly has ten seconds for its headers and thirty for all', async () => {
  const answer = await fetch(address);
  expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  expect([server.headersTimeout, server.requestTimeout]).toEqual([10_000, 30_000]);
});
