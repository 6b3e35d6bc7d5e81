// ASVS 5.0: 9.2.1
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { data, json, jwt, type Seen, startServer } from '@/tests/kunacore-server';
import { createKunaCoreClient } from './client';

const LOGIN = '/v2/auth/login';
const NOW = Date.parse('2026-05-01T12:00:00Z');
const HOUR = 3_600_000;

/** Returns a JWT with a number that identifies it. It expires an hour after NOW. */
const session = (number: number) => jwt({ number, exp: (NOW + HOUR) / 1000 });

interface Setup {
  logIn?: (response: ServerResponse, count: number, seen: Seen) => void;
  api?: (response: ServerResponse, seen: Seen, count: number) => void;
  now?: () => number;
  deadlines?: { read?: number; login?: number; create?: number; invalidate?: number };
}

/** A client in login mode, and what its server saw, apart for the login and for the rest. */
async function setUp({ logIn, api, now = () => NOW, deadlines }: Setup = {}) {
  const logins: Seen[] = [];
  const calls: Seen[] = [];
  const { url } = await startServer((response, seen) => {
    if (seen.url === LOGIN) {
      logins.push(seen);
      if (logIn) logIn(response, logins.length, seen);
      else data(response, { accessToken: session(logins.length) });
      return;
    }
    calls.push(seen);
    if (api) api(response, seen, calls.length);
    else data(response, []);
  });
  const credentials = { kind: 'login', merchantId: 'm-1', login: 'portal', password: 'pass-1' } as const;
  const client = createKunaCoreClient({ apiUrl: url, credentials, now, deadlines });
  return { client, logins, calls };
}

const bearers = (calls: Seen[]) => calls.map(({ headers }) => headers.authorization);
const bearer = (number: number) => `Bearer ${session(number)}`;

test('sends the API key with every call and never logs in', async () => {
  const server = await startServer((response) => data(response, []));
  const client = createKunaCoreClient({ apiUrl: server.url, credentials: { kind: 'api-key', apiKey: 'key-1' } });
  await client.getEquivalentRates();
  await client.getBalances('w-1', []);
  expect(server.seen.map(({ headers }) => headers['api-key'])).toEqual(['key-1', 'key-1']);
  expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
});

test('a refused API key is refused at once', async () => {
  const server = await startServer((response) => json(response, 401, { code: 'BAD' }));
  const client = createKunaCoreClient({ apiUrl: server.url, credentials: { kind: 'api-key', apiKey: 'key-1' } });
  await expect(client.getEquivalentRates()).rejects.toMatchObject({ name: 'UnauthorisedError', status: 401 });
  expect(server.seen).toHaveLength(1);
});

test('a login sends the merchant id, which no other call carries, and its JWT is used again', async () => {
  const { client, logins, calls } = await setUp();
  await client.getEquivalentRates();
  await client.getEquivalentRates();
  expect(logins).toHaveLength(1);
  expect(logins[0]).toMatchObject({ method: 'POST', body: { email: 'portal', password: 'pass-1' } });
  expect(logins[0]?.headers).toMatchObject({
    merchant_id: 'm-1',
    'accept-encoding': 'identity',
    'content-type': 'application/json',
  });
  expect(logins[0]?.headers).not.toHaveProperty('authorization');
  expect(bearers(calls)).toEqual([bearer(1), bearer(1)]);
  expect(calls[0]?.headers).not.toHaveProperty('merchant_id');
});

test.each([
  ['31 seconds before its end the JWT is still used', HOUR - 31_000, 1],
  ['30 seconds before its end there is a new login', HOUR - 30_000, 2],
  ['after its end there is a new login', HOUR + 1, 2],
])('%s', async (_name, later, expected) => {
  let now = NOW;
  const { client, logins, calls } = await setUp({ now: () => now });
  await client.getEquivalentRates();
  now += later;
  await client.getEquivalentRates();
  expect(logins).toHaveLength(expected);
  expect(bearers(calls)[1]).toBe(bearer(expected));
});

test.each(['no-jwt-at-all', jwt({ sub: 'x' })])(
  'a token without an end is used until a 401: %s',
  async (accessToken) => {
    let now = NOW;
    const { client, logins } = await setUp({
      now: () => now,
      logIn: (response) => data(response, { accessToken }),
      api: (response, _seen, count) => (count === 3 ? json(response, 401, {}) : data(response, [])),
    });
    await client.getEquivalentRates();
    now += 1000 * HOUR;
    await client.getEquivalentRates();
    expect(logins).toHaveLength(1);
    await client.getEquivalentRates();
    expect(logins).toHaveLength(2);
  },
);

test('uses a JWT that has already expired for one call only', async () => {
  const { client, logins, calls } = await setUp({
    logIn: (response, count) => data(response, { accessToken: jwt({ number: count, exp: NOW / 1000 - 1 }) }),
  });
  await client.getEquivalentRates();
  await client.getEquivalentRates();
  expect(logins).toHaveLength(2);
  expect(new Set(bearers(calls)).size).toBe(2);
});

test('callers that need a login at once share one', async () => {
  const { client, logins, calls } = await setUp();
  await Promise.all(Array.from({ length: 8 }, () => client.getEquivalentRates()));
  expect(logins).toHaveLength(1);
  expect(new Set(bearers(calls))).toEqual(new Set([bearer(1)]));
});

test('after a 401 there is one new login and the same request again', async () => {
  const { client, logins, calls } = await setUp({
    api: (response, { headers }) =>
      headers.authorization === bearer(1) ? json(response, 401, {}) : data(response, { id: 'c-1', walletId: 'w-1' }),
  });
  await client.getCustomer('c-1');
  expect(logins).toHaveLength(2);
  expect(bearers(calls)).toEqual([bearer(1), bearer(2)]);
  expect(calls.map(({ body }) => body)).toEqual([{ id: 'c-1' }, { id: 'c-1' }]);
});

test('callers that get a 401 at once share the new login', async () => {
  const { client, logins } = await setUp({
    api: (response, { headers }) =>
      headers.authorization === bearer(1) ? json(response, 401, {}) : data(response, []),
  });
  await Promise.all(Array.from({ length: 8 }, () => client.getEquivalentRates()));
  expect(logins).toHaveLength(2);
});

test('gives up after a second 401', async () => {
  const { client, logins, calls } = await setUp({ api: (response) => json(response, 401, {}) });
  await expect(client.getEquivalentRates()).rejects.toMatchObject({
    name: 'UnauthorisedError',
    endpoint: '/v2/rate/equivalent',
  });
  expect(logins).toHaveLength(2);
  expect(calls).toHaveLength(2);
});

test('a 403 rejects the call without a new login', async () => {
  const { client, logins } = await setUp({ api: (response) => json(response, 403, {}) });
  await expect(client.getEquivalentRates()).rejects.toMatchObject({ name: 'RejectedError', status: 403 });
  expect(logins).toHaveLength(1);
});

test.each([400, 401, 403, 404, 409, 422])(
  'a login refused with %i is never taken for a no to the call',
  async (status) => {
    const { client, calls } = await setUp({ logIn: (response) => json(response, status, { code: 'NO' }) });
    const expected = { name: 'UnauthorisedError', status: 401, endpoint: LOGIN, code: 'NO', mayHaveHappened: false };
    await expect(client.invalidate('c-1')).rejects.toMatchObject(expected);
    expect(calls).toHaveLength(0);
  },
);

/** A KunaCore that knows one shape of the login's body, and answers others with this status. */
const knowsOnly = (field: () => string, status: number) => (response: ServerResponse, count: number, seen: Seen) =>
  Object.keys(seen.body as object).includes(field())
    ? data(response, { accessToken: session(count) })
    : json(response, status, { code: 'SHAPE' });
const shapes = (logins: Seen[]) => logins.map(({ body }) => Object.keys(body as object).join());

test.each([400, 422])(
  'a login whose shape is refused with %i is tried once in the other, which is remembered',
  async (status) => {
    let now = NOW;
    let field = 'login';
    const { client, logins } = await setUp({ now: () => now, logIn: knowsOnly(() => field, status) });
    await client.getEquivalentRates();
    expect(shapes(logins)).toEqual(['email,password', 'login,password']);
    expect(logins[1]).toMatchObject({ body: { login: 'portal', password: 'pass-1' }, headers: { merchant_id: 'm-1' } });
    now += 2 * HOUR;
    await client.getEquivalentRates();
    expect(shapes(logins).slice(2)).toEqual(['login,password']);
    field = 'email';
    now += 2 * HOUR;
    await client.getEquivalentRates();
    expect(shapes(logins).slice(3)).toEqual(['login,password', 'email,password']);
  },
);

test.each([401, 403, 404, 429, 500, 503])('a login refused with %i is not tried in another shape', async (status) => {
  const { client, logins } = await setUp({ logIn: (response) => json(response, status, {}) });
  await expect(client.getEquivalentRates()).rejects.toMatchObject({ endpoint: LOGIN });
  expect(new Set(shapes(logins))).toEqual(new Set(['email,password']));
});

test('reports the first rejection and remembers neither shape when both are rejected', async () => {
  const { client, logins } = await setUp({
    logIn: (response, count) => json(response, 400, { code: `NO-${count}` }),
  });
  await expect(client.invalidate('c-1')).rejects.toMatchObject({ name: 'UnauthorisedError', code: 'NO-1' });
  await expect(client.invalidate('c-1')).rejects.toMatchObject({ name: 'UnauthorisedError', code: 'NO-3' });
  expect(shapes(logins)).toEqual(['email,password', 'login,password', 'email,password', 'login,password']);
});

test('reports the wrong password when the other shape is right', async () => {
  const { client } = await setUp({
    logIn: (response, count) => json(response, count === 1 ? 400 : 401, { code: `NO-${count}` }),
  });
  await expect(client.invalidate('c-1')).rejects.toMatchObject({ name: 'UnauthorisedError', code: 'NO-2' });
});

test.each([408, 425, 429])('a login put off with %i is no refusal of the credentials', async (status) => {
  const { client, calls } = await setUp({ logIn: (response) => json(response, status, {}, { 'retry-after': '7' }) });
  const expected = { name: 'RejectedError', status, endpoint: LOGIN, retryAfter: 7_000, mayHaveHappened: false };
  await expect(client.invalidate('c-1')).rejects.toMatchObject(expected);
  expect(calls).toHaveLength(0);
});

test('reports that the call cannot have happened when the login failed', async () => {
  const { client } = await setUp({ logIn: (response) => json(response, 500, {}) });
  await expect(client.updateCustomer('c-1', {})).rejects.toMatchObject({
    name: 'RejectedError',
    status: 500,
    endpoint: LOGIN,
    mayHaveHappened: false,
  });
  const { client: other } = await setUp({ logIn: (response) => data(response, { token: 'other name' }) });
  await expect(other.updateCustomer('c-1', {})).rejects.toMatchObject({
    name: 'MalformedResponseError',
    endpoint: LOGIN,
    problem: 'accessToken',
    mayHaveHappened: false,
  });
});

test('a failed login is not remembered', async () => {
  const { client, logins } = await setUp({
    logIn: (response, count) =>
      count === 1 ? json(response, 500, {}) : data(response, { accessToken: session(count) }),
  });
  await expect(client.getEquivalentRates()).rejects.toMatchObject({ endpoint: LOGIN });
  await expect(client.getEquivalentRates()).resolves.toEqual([]);
  expect(logins).toHaveLength(2);
});

test("the call's deadline covers its login, which continues for other calls", async () => {
  let requested: (respond: () => void) => void = () => undefined;
  const login = new Promise<() => void>((resolve) => {
    requested = resolve;
  });
  const { client, logins } = await setUp({
    deadlines: { invalidate: 100, read: 10_000, login: 10_000 },
    logIn: (response) => requested(() => data(response, { accessToken: session(1) })),
  });
  const patient = client.getEquivalentRates();
  await expect(client.invalidate('c-1')).rejects.toMatchObject({
    name: 'TimeoutError',
    endpoint: LOGIN,
    deadline: 100,
    mayHaveHappened: false,
  });
  const respond = await login;
  respond();
  await expect(patient).resolves.toEqual([]);
  expect(logins).toHaveLength(1);
});

test('does not wait for a new login after a 401 at the end of the deadline', async () => {
  let logins = 0;
  const client = createKunaCoreClient({
    apiUrl: 'http://127.0.0.1',
    credentials: { kind: 'login', merchantId: 'm-1', login: 'portal', password: 'pass-1' },
    deadlines: { invalidate: 100, login: 60_000 },
    fetch: async (url, init) => {
      if (String(url).endsWith(LOGIN)) {
        logins += 1;
        return logins === 1 ? Response.json({ data: { accessToken: session(1) } }) : new Promise(() => undefined);
      }
      await new Promise((passed) => init?.signal?.addEventListener('abort', passed));
      return new Response('', { status: 401 });
    },
  });
  await expect(client.invalidate('c-1')).rejects.toMatchObject({ name: 'TimeoutError', endpoint: LOGIN });
});

test('a login has its own deadline', async () => {
  const { client } = await setUp({ deadlines: { login: 100 }, logIn: () => undefined });
  await expect(client.getEquivalentRates()).rejects.toMatchObject({ name: 'TimeoutError', endpoint: LOGIN });
});
