import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
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

test('no answer tells how it came about, however its head is written', async () => {
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
  for (const answer of ways) {
    const told = createServer((_, response) => {
      for (const name of [...hidden, 'x-shown']) response.setHeader(name, '/nowhere');
      answer(response);
    });
    await once(told.listen(0, '127.0.0.1'), 'listening');
    const { headers } = await fetch(`http://127.0.0.1:${(told.address() as AddressInfo).port}`);
    told.close();
    expect(headers.get('x-shown')).toBe('/nowhere');
    for (const name of hidden) expect(headers.has(name), name).toBe(false);
  }
});

test('a client that sends slowly has ten seconds for its headers and thirty for all', async () => {
  const answer = await fetch(address);
  expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  expect([server.headersTimeout, server.requestTimeout]).toEqual([10_000, 30_000]);
});
