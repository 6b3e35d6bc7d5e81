import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { closedPort, data, type Handler, json, jwt, startServer } from '@/tests/kunacore-server';
import { createKunaCoreClient } from './client';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const HOUR = 3_600_000;
const request = { customerId: 'c-1', userAgent: 'Mozilla/5.0 (X11; Linux)  "odd"\tbytes é' };

async function setUp(handler: Handler) {
  const server = await startServer(handler);
  const client = createKunaCoreClient({
    apiUrl: server.url,
    credentials: { kind: 'api-key', apiKey: 'key-1' },
    deadlines: { token: 2_000 },
    now: () => NOW,
    random: () => 0,
  });
  return { client, seen: server.seen };
}

const issuing = (token: unknown) => setUp((response) => data(response, { token }));

test('issueToken sends the customer and the user agent as it is, and hides the token', async () => {
  const value = jwt({ id: 'x', fingerprint: 'f', exp: (NOW + 46 * HOUR) / 1000 });
  const { client, seen } = await issuing(value);
  const issued = await client.issueToken(request);
  expect(seen).toMatchObject([{ method: 'POST', url: '/v2/ramp/token', body: request }]);
  expect(issued.expiresAt).toEqual(new Date(NOW + 46 * HOUR));
  expect(issued.token.reveal()).toBe(value);
  const shown = [`${issued.token}`, String(issued.token), JSON.stringify(issued), inspect(issued, { depth: 20 })];
  for (const text of shown) {
    expect(text).toContain('[redacted]');
    expect(text).not.toContain(value);
  }
});

test.each([
  ['an absurd end is a date all the same', { exp: 1e300 }, new Date('9999-12-31T00:00:00Z')],
  ['an expiry in the past', { exp: NOW / 1000 }, new Date(NOW)],
  ['no end is no date', { sub: 'x' }, null],
  ['an end that is no number is no date', { exp: '2030-01-01' }, null],
  ['our customer in the claims is fine', { customerId: 'c-1' }, null],
])('%s', async (_name, claims, expected) => {
  const { client } = await issuing(jwt(claims));
  await expect(client.issueToken(request)).resolves.toMatchObject({ expiresAt: expected });
});

test('returns claims that may name the customer with their path', async () => {
  const { client } = await issuing(jwt({ id: 'x', exp: 1, data: { sub: 'y', id: 7 }, customerId: 'c-1' }));
  expect((await client.issueToken(request)).names).toEqual({ id: 'x', 'data.sub': 'y' });
});

test.each(['opaque-token', 'a.b.c', '..', `a.${Buffer.from('null').toString('base64url')}.c`])(
  'a token that is no JWT is passed on: %s',
  async (token) => {
    const { client } = await issuing(token);
    await expect(client.issueToken(request)).resolves.toMatchObject({ expiresAt: null });
  },
);

test.each([
  ["another customer's token", jwt({ customerId: 'c-2' }), 'token of another customer'],
  ['another customer in snake case', jwt({ customer_id: 'c-2' }), 'token of another customer'],
  [
    'another customer in a nested claim',
    jwt({ data: { session: { customerID: 'c-2' } } }),
    'token of another customer',
  ],
  ['another customer as an object', jwt({ customer: { id: 'c-2' } }), 'token of another customer'],
  ['another customer in a list', jwt({ for: [{ 'customer-id': 'c-2' }] }), 'token of another customer'],
  ['two customers', jwt({ customerId: 'c-1', data: { customerId: 'c-2' } }), 'token of another customer'],
  ['an empty token', '', 'token'],
  ['a token that is no text', 7, 'token'],
  ['no token', undefined, 'token'],
  ['a token as long as a book', 'x'.repeat(9_000), 'token'],
])('%s is refused [T9]', async (_name, token, problem) => {
  const { client, seen } = await issuing(token);
  await expect(client.issueToken(request)).rejects.toMatchObject({ name: 'MalformedResponseError', problem });
  expect(seen).toHaveLength(1);
});

const passing: [string, Handler][] = [
  ['503', (response) => json(response, 503, {})],
  ['503 with a short Retry-After', (response) => json(response, 503, {}, { 'retry-after': '0' })],
  ['a connection cut before the response', (response) => response.socket?.resetAndDestroy()],
];

test.each(passing)('issueToken is tried once more after %s', async (_name, fail) => {
  const { client, seen } = await setUp((response, one, count) =>
    count === 1 ? fail(response, one, count) : data(response, { token: 'second' }),
  );
  const { token } = await client.issueToken(request);
  expect(token.reveal()).toBe('second');
  expect(seen).toHaveLength(2);
});

test('issueToken is retried once after a refused connection', async () => {
  const { url, seen } = await startServer((response) => data(response, { token: 'second' }));
  const addresses = [`http://127.0.0.1:${await closedPort()}`, url];
  const client = createKunaCoreClient({
    apiUrl: '',
    credentials: { kind: 'api-key', apiKey: 'key-1' },
    random: () => 0,
    fetch: (path, init) => fetch(`${addresses.shift()}${path}`, init),
  });
  await expect(client.issueToken(request)).resolves.toMatchObject({ expiresAt: null });
  expect(addresses).toHaveLength(0);
  expect(seen).toHaveLength(1);
});

test('issueToken is not retried twice', async () => {
  const { client, seen } = await setUp((response) => json(response, 503, {}));
  await expect(client.issueToken(request)).rejects.toMatchObject({ name: 'RejectedError', status: 503 });
  expect(seen).toHaveLength(2);
});

test.each([
  [400, {}],
  [403, {}],
  [429, {}],
  [500, {}],
  [503, { 'retry-after': '30' }],
])('issueToken is not tried again after %i %j', async (status, headers) => {
  const { client, seen } = await setUp((response) => json(response, status, {}, headers));
  await expect(client.issueToken(request)).rejects.toMatchObject({ name: 'RejectedError', status });
  expect(seen).toHaveLength(1);
});

test('both attempts share one deadline', async () => {
  const signals: unknown[] = [];
  const client = createKunaCoreClient({
    apiUrl: 'http://127.0.0.1',
    credentials: { kind: 'api-key', apiKey: 'key-1' },
    fetch: async (_url, init) => {
      signals.push(init?.signal);
      return new Response('', { status: 503 });
    },
  });
  await expect(client.issueToken(request)).rejects.toMatchObject({ status: 503 });
  expect(signals).toHaveLength(2);
  expect(signals[0]).toBeInstanceOf(AbortSignal);
  expect(signals[1]).toBe(signals[0]);
});

const successes: [string, Handler][] = [
  ['data', (response) => data(response, { anything: 1 })],
  ['an empty 200', (response) => response.end()],
  ['204', (response) => response.writeHead(204).end()],
  ['text', (response) => response.writeHead(202).end('OK')],
  ['404: nothing was left to cancel', (response) => json(response, 404, { errors: [{ code: 'NOT_FOUND' }] })],
];

test.each(successes)('invalidate succeeds after %s', async (_name, handler) => {
  const { client, seen } = await setUp(handler);
  await expect(client.invalidate('c-1')).resolves.toBeUndefined();
  expect(seen).toMatchObject([{ method: 'POST', url: '/v2/ramp/invalidate', body: { customerId: 'c-1' } }]);
});

test.each([400, 401, 403, 409, 429, 500, 503])('invalidate fails with %i, and is not retried', async (status) => {
  const { client, seen } = await setUp((response) => json(response, status, {}));
  await expect(client.invalidate('c-1')).rejects.toMatchObject({ status });
  expect(seen).toHaveLength(1);
});

test.each(['<!doctype html><title>Maintenance</title>', '\ufeff \n<html></html>'])(
  'an HTML page with 200 comes from an intermediary: invalidate and update fail after %j',
  async (page) => {
    const { client } = await setUp((response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page));
    const problem = { name: 'MalformedResponseError', mayHaveHappened: true };
    await expect(client.invalidate('c-1')).rejects.toMatchObject(problem);
    await expect(client.updateCustomer('c-1', { firstName: 'Olga' })).rejects.toMatchObject(problem);
  },
);

test('invalidate fails when KunaCore cannot be reached', async () => {
  const credentials = { kind: 'api-key', apiKey: 'key-1' } as const;
  const client = createKunaCoreClient({ apiUrl: `http://127.0.0.1:${await closedPort()}`, credentials });
  await expect(client.invalidate('c-1')).rejects.toMatchObject({ name: 'UnreachableError', mayHaveHappened: false });
});
