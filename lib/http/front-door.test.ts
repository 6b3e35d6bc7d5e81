import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openFrontDoor } from './front-door';

let server: Server;
let address: string;

/** A server that tells which headers it was given, as Next would be. */
beforeAll(async () => {
  Object.assign(process.env, parseEnv(readFileSync('.env.example', 'utf8')));
  openFrontDoor();
  server = createServer((request, response) => {
    // As a route would: what the test asks for in the address.
    const wanted = new URL(request.url ?? '', 'http://server').searchParams;
    for (const [name, value] of wanted) response.appendHeader(name, value);
    response.end(JSON.stringify(request.headers));
  });
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

test('a client that sends slowly has ten seconds for its headers and thirty for all', async () => {
  const answer = await fetch(address);
  expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  expect([server.headersTimeout, server.requestTimeout]).toEqual([10_000, 30_000]);
});

describe('no cache keeps an answer that sets a cookie, or that says nothing of caches', () => {
  test.each([
    ['without a word on caches', 'set-cookie=a', 'no-store'],
    ['that a cache may keep', 'set-cookie=a&cache-control=public, max-age=60', 'no-store'],
    [
      'set before it is said that a cache may keep it',
      'cache-control=max-age=60&set-cookie=a&set-cookie=b',
      'no-store',
    ],
    ['that says so itself', 'set-cookie=a&cache-control=private, no-store', 'private, no-store'],
    ['without a cookie, saying nothing', 'x=y', 'no-store'],
    ['but one without a cookie that says so', 'cache-control=max-age=60', 'max-age=60'],
  ])('%s', async (_, query, expected) => {
    expect((await fetch(`${address}/?${query}`)).headers.get('cache-control')).toBe(expected);
  });
});
