// ASVS 5.0: 1.3.6 12.3.2 13.2.4 15.2.2 15.3.2
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { closedPort, data, type Handler, json, startServer } from '@/tests/kunacore-server';
import { createKunaCoreClient, type KunaCoreClient } from './client';

const credentials = { kind: 'api-key', apiKey: 'key-1' } as const;
const customer = { id: 'c-1', walletId: 'w-1' };
const newCustomer = {
  email: 'olena@example.com',
  externalId: 'e-1',
  firstName: 'Olena',
  lastName: 'Koval',
  country: 'UA',
  verificationDocumentId: 'AB123456',
  residenceAddress: 'Khreshchatyk 1, Kyiv',
};

/** A client with short patience whose server answers like this. */
async function setUp(handler: Handler, patience = 5_000) {
  const server = await startServer(handler);
  const deadlines = { create: patience, read: patience };
  return { server, client: createKunaCoreClient({ apiUrl: server.url, credentials, deadlines, random: () => 0 }) };
}

test('five calls, one after the other, use one connection', async () => {
  const { server, client } = await setUp((response) => data(response, customer));
  for (let call = 0; call < 5; call += 1) {
    await client.getCustomer('c-1');
    await setImmediate(); // until the connection is back in the pool
  }
  expect(server.seen).toHaveLength(5);
  expect(server.connections()).toBe(1);
});

test('a server that never answers is given up at the deadline', async () => {
  const { client } = await setUp(() => undefined, 150);
  await expect(client.createCustomer(newCustomer)).rejects.toMatchObject({
    name: 'TimeoutError',
    endpoint: '/v2/customer/create',
    deadline: 150,
    mayHaveHappened: true,
  });
});

test('a response that comes byte by byte is cut at the deadline [T27]', async () => {
  const { client } = await setUp((response) => {
    response.write('{"data":');
    const drip = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(drip));
  }, 150);
  await expect(client.getCustomer('c-1')).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('an error response that never ends is cut at the deadline', async () => {
  const { client } = await setUp((response) => response.writeHead(500).write('{'), 150);
  await expect(client.getCustomer('c-1')).rejects.toMatchObject({ name: 'TimeoutError' });
});

test.each([200, 500])('a response without end is cut when it is too large: status %i', async (status) => {
  let written = 0;
  const { client } = await setUp((response) => {
    response.writeHead(status);
    const more = () => {
      while (!response.destroyed) {
        written += 65_536;
        if (!response.write('x'.repeat(65_536))) return;
      }
    };
    response.on('drain', more);
    more();
  });
  await expect(client.createCustomer(newCustomer)).rejects.toMatchObject({
    name: 'RefusedResponseError',
    reason: 'too-large',
    mayHaveHappened: true,
  });
  expect(written).toBeLessThan(16 * 1024 * 1024);
});

test.each([
  ['a redirect', 302, { location: '/elsewhere' }],
  ['a compressed response', 200, { 'content-encoding': 'gzip' }],
])('%s that never ends is not waited for, its connection is closed', async (_name, status, headers) => {
  let closed: Promise<unknown> | undefined;
  const { client } = await setUp((response) => {
    closed = once(response, 'close');
    response.writeHead(status, headers).write('more to come');
  });
  await expect(client.createCustomer(newCustomer)).rejects.toMatchObject({ name: 'RefusedResponseError' });
  await closed;
});

test('256 kB are just allowed, one byte more is not [T27]', async () => {
  const frame = JSON.stringify({ data: { ...customer, comment: '' } }).length;
  const fill = (bytes: number) => ({ ...customer, comment: 'x'.repeat(bytes - frame) });
  const { client } = await setUp((response, _seen, count) => data(response, fill(256 * 1024 + count - 1)));
  await expect(client.getCustomer('c-1')).resolves.toMatchObject({ id: 'c-1' });
  await expect(client.getCustomer('c-1')).rejects.toMatchObject({ reason: 'too-large' });
});

test.each(['gzip', 'br', 'deflate', 'x-unknown', 'identity, gzip'])(
  'content-encoding %s is refused [T27]',
  async (encoding) => {
    const { client } = await setUp((response) => {
      response.writeHead(200, { 'content-encoding': encoding });
      response.end(gzipSync(JSON.stringify({ data: customer })));
    });
    await expect(client.getCustomer('c-1')).rejects.toMatchObject({
      name: 'RefusedResponseError',
      reason: 'content-encoding',
    });
  },
);

test('content-encoding identity is accepted', async () => {
  const { client } = await setUp((response) =>
    json(response, 200, { data: customer }, { 'content-encoding': 'Identity' }),
  );
  await expect(client.getCustomer('c-1')).resolves.toMatchObject({ id: 'c-1' });
});

test.each([301, 302, 303, 307, 308])(
  'a redirect with %i is not followed, neither elsewhere nor to itself [T26]',
  async (status) => {
    const elsewhere = await startServer((response) => data(response, customer));
    const { server, client } = await setUp((response, _seen, count) => {
      const location = count === 1 ? `${elsewhere.url}/v2/customer/create` : '/v2/customer/create';
      response.writeHead(status, { location }).end('moved');
    });
    for (const attempt of [1, 2]) {
      await expect(client.createCustomer(newCustomer)).rejects.toMatchObject({
        name: 'RefusedResponseError',
        reason: 'redirect',
        mayHaveHappened: true,
      });
      expect(server.seen).toHaveLength(attempt);
    }
    expect(elsewhere.connections()).toBe(0);
  },
);

test.each(['127.0.0.1', 'localhost'])(
  'reports that nothing can have happened when no server listens on %s',
  async (host) => {
    const client = createKunaCoreClient({ apiUrl: `http://${host}:${await closedPort()}`, credentials });
    await expect(client.createCustomer(newCustomer)).rejects.toMatchObject({
      name: 'UnreachableError',
      code: 'ECONNREFUSED',
      endpoint: '/v2/customer/create',
      mayHaveHappened: false,
    });
  },
);

test.each([
  ['ENOTFOUND', false],
  ['EAI_AGAIN', false],
  ['EHOSTUNREACH', false],
  ['UND_ERR_CONNECT_TIMEOUT', false],
  ['ETIMEDOUT', true],
  ['ECONNRESET', true],
  ['CERT_HAS_EXPIRED', true],
])('%s: may it have happened? %s', async (code, mayHaveHappened) => {
  const failing = async () => {
    throw new TypeError('fetch failed', { cause: Object.assign(new Error('secret'), { code }) });
  };
  const client = createKunaCoreClient({ apiUrl: 'http://127.0.0.1', credentials, fetch: failing });
  await expect(client.createCustomer(newCustomer)).rejects.toMatchObject({
    name: 'UnreachableError',
    code,
    mayHaveHappened,
  });
});

describe('a server with a self-signed certificate', () => {
  /** Anybody can make such a certificate; this one is valid for 127.0.0.1. */
  const pem = readFileSync('tests/self-signed.pem');

  async function impostor() {
    const requested: string[] = [];
    const server = https.createServer({ key: pem, cert: pem }, (request, response) => {
      requested.push(`${request.method} ${request.url}`);
      data(response, customer);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void server.close());
    return { requested, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  test('receives nothing of a request, neither credentials nor details (ASVS 5.0 12.3.2)', async () => {
    const { requested, url } = await impostor();
    const client = createKunaCoreClient({ apiUrl: url, credentials, random: () => 0 });
    const refused = { name: 'UnreachableError', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' };
    await expect(client.createCustomer(newCustomer)).rejects.toMatchObject(refused);
    await expect(client.getCustomer('c-1')).rejects.toMatchObject(refused);
    expect(requested).toEqual([]);
  });

  test('responds to a client that trusts it', async () => {
    const { requested, url } = await impostor();
    const request = https.get(`${url}/v2/customer/c-1`, { ca: pem, agent: false });
    const [response] = await once(request, 'response');
    expect(response.statusCode).toBe(201);
    response.destroy();
    expect(requested).toEqual(['GET /v2/customer/c-1']);
  });
});

/** Cut connections, one that resets and one that closes politely, before and within the response. */
const cuts: [string, boolean, (socket: Socket) => void][] = [
  ['reset before the response', false, (socket) => socket.resetAndDestroy()],
  ['closed before the response', false, (socket) => socket.end()],
  [
    'reset within the body',
    true,
    (socket) => socket.write(BEGUN, () => setTimeout(() => socket.resetAndDestroy(), 50)),
  ],
  ['closed within the body', true, (socket) => socket.end(BEGUN)],
];
const BEGUN = 'HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{"data":';

test.each(cuts)(
  'a connection %s: it may have happened, and a creation is not repeated',
  async (_name, responseBegun, cut) => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
      socket.once('data', () => cut(socket));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const client = createKunaCoreClient({ apiUrl: `http://127.0.0.1:${port}`, credentials });
    await expect(client.createCustomer(newCustomer)).rejects.toMatchObject({
      name: 'UnreachableError',
      responseBegun,
      mayHaveHappened: true,
    });
    expect(connections).toBe(1);
  },
);

test('a read is retried once after a cut connection', async () => {
  const { server, client } = await setUp((response, _seen, count) =>
    count === 1 ? response.socket?.resetAndDestroy() : data(response, customer),
  );
  await expect(client.getCustomer('c-1')).resolves.toMatchObject({ id: 'c-1' });
  expect(server.seen).toHaveLength(2);
});

test.each<[string, (client: KunaCoreClient) => Promise<unknown>]>([
  ['creation', (client) => client.createCustomer(newCustomer)],
  ['change', (client) => client.updateCustomer('c-1', { firstName: 'Olga' })],
])('a %s is never repeated, not even after 503', async (_name, call) => {
  const { server, client } = await setUp((response) => json(response, 503, {}));
  await expect(call(client)).rejects.toMatchObject({ status: 503, mayHaveHappened: true });
  expect(server.seen).toHaveLength(1);
});

test('an error names the endpoint without its query', async () => {
  const { client } = await setUp((response) => json(response, 400, {}));
  await expect(client.findOperations({ skip: 0, take: 10 })).rejects.toMatchObject({ endpoint: '/v2/operation/find' });
});

test.each([
  ['{"errors":[{"code":"DUPLICATE_EMAIL","message":"no"}]}', 409, 'DUPLICATE_EMAIL', false],
  ['{"errors":[{"code":1042}]}', 400, '1042', false],
  ['{"statusCode":422,"message":["no"],"error":"Unprocessable"}', 422, 'Unprocessable', false],
  ['{"statusCode":400,"message":"no","error":"Bad Request"}', 400, undefined, false],
  ['plain text', 400, undefined, false],
  ['', 404, undefined, false],
  ['<html>Bad gateway</html>', 502, undefined, true],
  ['{"errors":null}', 500, undefined, true],
  ['null', 504, undefined, true],
])('an error response %j with %i has the code %s', async (body, status, code, mayHaveHappened) => {
  const { client } = await setUp((response) => response.writeHead(status).end(body));
  await expect(client.createCustomer(newCustomer)).rejects.toMatchObject({
    name: 'RejectedError',
    endpoint: '/v2/customer/create',
    status,
    code,
    mayHaveHappened,
  });
});

test('Retry-After comes with the rejection', async () => {
  const { client } = await setUp((response) => json(response, 429, {}, { 'retry-after': '7' }));
  await expect(client.createCustomer(newCustomer)).rejects.toMatchObject({ status: 429, retryAfter: 7_000 });
});
