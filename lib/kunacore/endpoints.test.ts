// ASVS 5.0: 15.3.1 15.3.6
import { expect, test } from 'vitest';
import { data, type Handler, startServer } from '@/tests/kunacore-server';
import { createKunaCoreClient, type KunaCoreClient } from './client';
import { MalformedResponseError } from './errors';

const wireCustomer = {
  id: 'c-1',
  email: 'olena@example.com',
  walletId: 'w-1',
  phoneNumber: null,
  firstName: 'Olena',
  lastName: 'Koval',
  comment: null,
  externalId: 'e-1',
  createdAt: '2026-01-02T03:04:05.678Z',
  referralId: null,
  verificationStatus: 'ACCEPTED',
  walletStatus: 'Active',
};
const customer = { ...wireCustomer, phoneNumber: undefined, comment: undefined, referralId: undefined };
const details = {
  email: 'olena@example.com',
  externalId: 'e-1',
  firstName: 'Olena',
  lastName: 'Koval',
  country: 'UA',
  verificationDocumentId: 'AB123456',
  residenceAddress: 'Khreshchatyk 1, Kyiv',
};
const wireOperation = {
  id: 'o-1',
  walletId: 'w-1',
  type: 'BuyToSendCrypto',
  status: 'OnHold',
  sourceAsset: 'USD',
  sourceAmount: null,
  targetAsset: 'BTC',
  targetAmount: '0.00000001',
  fee: null,
  createdAt: '2026-01-02T03:04:05.678Z',
};
const operation = { ...wireOperation, sourceAmount: undefined, fee: undefined, updatedAt: undefined };

async function clientOf(handler: Handler) {
  const server = await startServer(handler);
  const client = createKunaCoreClient({ apiUrl: server.url, credentials: { kind: 'api-key', apiKey: 'key-1' } });
  return { client, server };
}

const responding = (value: unknown) => clientOf((response) => data(response, value));

interface Case {
  call: (client: KunaCoreClient) => Promise<unknown>;
  request: { method?: string; url: string; body?: unknown };
  response: unknown;
  result: unknown;
}

const cases: Record<string, Case> = {
  'createCustomer creates one': {
    call: (client) => client.createCustomer(details),
    request: { url: '/v2/customer/create', body: details },
    response: wireCustomer,
    result: customer,
  },
  'findCustomers reads a bare list': {
    call: (client) => client.findCustomers({ email: 'olena@example.com', take: 5, skip: 0 }),
    request: { url: '/v2/customer/find', body: { email: 'olena@example.com', take: 5 } },
    response: [wireCustomer],
    result: [customer],
  },
  'findCustomers reads a counted list': {
    call: (client) => client.findCustomers({ externalId: 'e-1' }),
    request: { url: '/v2/customer/find', body: { externalId: 'e-1' } },
    response: { items: [wireCustomer], total: 1 },
    result: [customer],
  },
  'getCustomer reads one': {
    call: (client) => client.getCustomer('c-1'),
    request: { url: '/v2/customer/details', body: { id: 'c-1' } },
    response: wireCustomer,
    result: customer,
  },
  'updateCustomer sends the changes and reads nothing': {
    call: (client) => client.updateCustomer('c-1', { firstName: 'Olga', walletStatus: 'Blocked' }),
    request: { url: '/v2/customer/update', body: { id: 'c-1', firstName: 'Olga', walletStatus: 'Blocked' } },
    response: 'whatever',
    result: undefined,
  },
  'getBalances keeps amounts as text': {
    call: (client) => client.getBalances('w-1', ['BTC', 'USDT']),
    request: { url: '/v2/balance', body: { walletId: 'w-1', assets: ['BTC', 'USDT'] } },
    response: [
      { asset: 'BTC', balance: '0.10000000000000000001', holdBalance: '0', usd: '1' },
      { asset: 'USDT', balance: '0', holdBalance: null },
    ],
    result: [
      { asset: 'BTC', balance: '0.10000000000000000001', holdBalance: '0' },
      { asset: 'USDT', balance: '0', holdBalance: undefined },
    ],
  },
  'findOperations pages in the query': {
    call: (client) => client.findOperations({ walletId: 'w-1', status: 'OnHold', skip: 20, take: 10 }),
    request: { url: '/v2/operation/find?skip=20&take=10', body: { walletId: 'w-1', status: 'OnHold' } },
    response: [wireOperation],
    result: [operation],
  },
  'findOperations asks for the first page without skip': {
    call: (client) => client.findOperations({ walletId: 'w-1', skip: 0, take: 10 }),
    request: { url: '/v2/operation/find?take=10', body: { walletId: 'w-1' } },
    response: [wireOperation],
    result: [operation],
  },
  'getOperation reads an array with one element': {
    call: (client) => client.getOperation('o-1'),
    request: { url: '/v2/operation/details', body: { id: 'o-1' } },
    response: [wireOperation],
    result: operation,
  },
  'getOperation reads an object too': {
    call: (client) => client.getOperation('o-1'),
    request: { url: '/v2/operation/details', body: { id: 'o-1' } },
    response: wireOperation,
    result: operation,
  },
  'getOperation reads an empty array as no operation': {
    call: (client) => client.getOperation('o-1'),
    request: { url: '/v2/operation/details', body: { id: 'o-1' } },
    response: [],
    result: null,
  },
  'getEquivalentRates gets the rates': {
    call: (client) => client.getEquivalentRates(),
    request: { method: 'GET', url: '/v2/rate/equivalent' },
    response: [{ asset: 'BTC', equivalent: { USD: '97000.12', UAH: '0', EUR: null } }],
    result: [{ asset: 'BTC', equivalent: { USD: '97000.12', UAH: '0', EUR: '0' } }],
  },
};

test.each(Object.entries(cases))('%s', async (_name, { call, request, response: value, result }) => {
  const { client, server } = await responding(value);
  await expect(call(client)).resolves.toEqual(result);
  const headers = {
    'api-key': 'key-1',
    accept: 'application/json',
    'accept-encoding': 'identity',
    'content-type': request.body ? 'application/json' : undefined,
    merchant_id: undefined,
  };
  expect(server.seen).toEqual([{ method: 'POST', body: undefined, ...request, headers: expect.anything() }]);
  for (const [name, value] of Object.entries(headers)) expect(server.seen[0]?.headers[name], name).toBe(value);
});

test('any 2xx is a good response', async () => {
  const { client } = await clientOf((response) => {
    response.statusCode = 200;
    response.end(JSON.stringify({ data: wireCustomer }));
  });
  await expect(client.getCustomer('c-1')).resolves.toMatchObject({ id: 'c-1' });
});

test('passes unknown values on, and drops unknown keys', async () => {
  const { client } = await responding({ ...wireCustomer, verificationStatus: 'ON_MARS', walletStatus: 'Asleep', x: 1 });
  const found = await client.getCustomer('c-1');
  expect(found).toMatchObject({ verificationStatus: 'ON_MARS', walletStatus: 'Asleep' });
  expect(found).not.toHaveProperty('x');
  const { client: other } = await responding([{ ...wireOperation, type: 'Staking', status: 'Dreaming' }]);
  await expect(other.getOperation('o-1')).resolves.toMatchObject({ type: 'Staking', status: 'Dreaming' });
});

test('__proto__ keys change no prototype', async () => {
  const { client } = await clientOf((response) => {
    const evil = '"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}';
    response.end(`{"data":[{"asset":"BTC",${evil},"equivalent":{"USD":"1",${evil}}}],${evil}}`);
  });
  const [rate] = await client.getEquivalentRates();
  expect(rate).toHaveProperty('equivalent.USD', '1');
  expect(rate).not.toHaveProperty('isAdmin');
  expect(rate?.equivalent).not.toHaveProperty('isAdmin');
  expect({}).not.toHaveProperty('isAdmin');
});

test.each([
  ['externalId', { externalId: 'e-2' }],
  ['e-mail', { email: 'other@example.com' }],
  ['e-mail, without externalId', { email: 'other@example.com', externalId: null }],
])("a response with another customer's %s is refused, and the creation may have happened", async (_name, other) => {
  const { client } = await responding({ ...wireCustomer, ...other });
  await expect(client.createCustomer(details)).rejects.toMatchObject({
    name: 'MalformedResponseError',
    problem: 'another customer',
    mayHaveHappened: true,
  });
});

test('accepts the e-mail address in other letter case', async () => {
  const { client } = await responding({ ...wireCustomer, email: 'Olena@Example.com' });
  await expect(client.createCustomer(details)).resolves.toMatchObject({ id: 'c-1' });
});

test('a response without externalId and e-mail is taken', async () => {
  const { client } = await responding({ id: 'c-1', walletId: 'w-1' });
  await expect(client.createCustomer(details)).resolves.toMatchObject({ id: 'c-1', walletId: 'w-1' });
});

test('a response about another customer or operation is refused', async () => {
  const { client } = await responding(wireCustomer);
  await expect(client.getCustomer('c-2')).rejects.toBeInstanceOf(MalformedResponseError);
  const { client: other } = await responding([wireOperation]);
  await expect(other.getOperation('o-2')).rejects.toBeInstanceOf(MalformedResponseError);
});

const malformed: Record<string, [answer: string, problem: string]> = {
  'broken JSON': ['{"data":', 'not JSON'],
  HTML: ['<!doctype html><title>Bad gateway</title>', 'not JSON'],
  'no body': ['', 'not JSON'],
  'no envelope': [JSON.stringify(wireCustomer), 'no data'],
  'a bare null': ['null', 'no data'],
  'an array for an object': ['{"data":[]}', 'data'],
  'no id': ['{"data":{"walletId":"w-1"}}', 'id'],
  'an empty id': ['{"data":{"id":"","walletId":"w-1"}}', 'id'],
  'a number for an id': ['{"data":{"id":7,"walletId":"w-1"}}', 'id'],
  'a null id and no wallet': ['{"data":{"id":null}}', 'id, walletId'],
};

test.each(Object.entries(malformed))('%s is a malformed response', async (_name, [body, problem]) => {
  const { client } = await clientOf((response) => response.end(body));
  await expect(client.getCustomer('c-1')).rejects.toMatchObject({
    name: 'MalformedResponseError',
    endpoint: '/v2/customer/details',
    problem,
  });
});

test('204 is a malformed response where data is expected', async () => {
  const { client } = await clientOf((response) => response.writeHead(204).end());
  await expect(client.createCustomer(details)).rejects.toMatchObject({ problem: 'not JSON', mayHaveHappened: true });
});

test.each(['1e-8', '0,5', '', 'NaN', '1.', ' 1', 0.5, null])('%j is no amount', async (balance) => {
  const { client } = await responding([{ asset: 'BTC', balance }]);
  await expect(client.getBalances('w-1', ['BTC'])).rejects.toMatchObject({ problem: '0.balance' });
});
