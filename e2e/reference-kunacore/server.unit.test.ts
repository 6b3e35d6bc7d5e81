import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createReferenceKunaCore } from './server';
import { DEFAULT_SWITCHES, pairwiseCombinations, type Switches } from './switches';

let time = Date.UTC(2026, 0, 1);
const server = createReferenceKunaCore(DEFAULT_SWITCHES, () => time);
let urls = { apiUrl: '', widgetUrl: '' };

beforeAll(async () => {
  urls = await server.listen();
});
afterAll(() => server.close());
beforeEach(() => {
  server.setSwitches(DEFAULT_SWITCHES);
  server.reset();
});

const KEY = { 'api-key': 'reference-kunacore-key' };
const BROWSER = 'Browser/1';
const OLENA = {
  email: 'olena@example.test',
  firstName: 'Olena',
  lastName: '<Шевченко>',
  country: 'UA',
  verificationDocumentId: '001234567',
  residenceAddress: 'вул. Хрещатик 1, Київ',
  externalId: 'user-17',
};

type Ids = { id: string; walletId: string };

async function post(path: string, body: unknown, headers: Record<string, string> = KEY) {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
  const response = await fetch(urls.apiUrl + path, init);
  return { status: response.status, text: await response.text() };
}

async function data<T = unknown>(path: string, body: unknown, headers?: Record<string, string>): Promise<T> {
  const response: { data: T } = JSON.parse((await post(path, body, headers)).text);
  return response.data;
}

const statusOf = async (path: string, body: unknown) => (await post(path, body)).status;
const createOlena = () => data<Ids>('/v2/customer/create', OLENA);
const tokenFor = async (customerId: string) =>
  (await data<{ token: string }>('/v2/ramp/token', { customerId, userAgent: BROWSER })).token;

async function openWidget(token: string, userAgent = BROWSER): Promise<string> {
  const url = `${urls.widgetUrl}/?institutionId=i2&refreshToken=${token}`;
  return (await fetch(url, { headers: { 'user-agent': userAgent } })).text();
}

async function pressBuy(page: string): Promise<string> {
  const visit = /name="visit" value="([^"]+)"/.exec(page)?.[1] ?? '';
  return (await fetch(`${urls.widgetUrl}/buy`, { method: 'POST', body: new URLSearchParams({ visit }) })).text();
}

const OPEN = '<h1>Widget open</h1>';
const ENDED = '<h1>Session ended</h1>';

const ERROR_BODIES = {
  errors: /^\{"errors":\[\{"code":"\w+","message":"[^"]+"\}\]\}$/,
  statusCode: /^\{"statusCode":4\d\d,"message":"[^"]+","error":"[^"]+"\}$/,
  text: /^[^{"]+$/,
};

describe.each(pairwiseCombinations().map((switches) => [JSON.stringify(switches), switches] as const))(
  'with %s',
  (_, switches: Switches) => {
    beforeEach(() => server.setSwitches(switches));

    test('each switch decides the answer to its open question', async () => {
      const created = await post('/v2/customer/create', OLENA);
      expect(created.status).toBe(switches.successCode);
      const customerId = (JSON.parse(created.text) as { data: Ids }).data.id;

      const duplicate = await post('/v2/customer/create', OLENA);
      expect(duplicate.status).toBe(switches.duplicateEmail);
      expect(duplicate.text).toMatch(ERROR_BODIES[switches.errorBody]);

      const rows = switches.findMatch === 'substring' ? [{ id: customerId }] : [];
      const shape = switches.findShape === 'wrapped' ? { items: rows, total: rows.length } : rows;
      expect(await data('/v2/customer/find', { externalId: 'user-1' })).toMatchObject(shape);

      const withoutToken = switches.invalidateWithoutToken === '404' ? 404 : switches.successCode;
      expect(await statusOf('/v2/ramp/invalidate', { customerId })).toBe(withoutToken);

      const first = await tokenFor(customerId);
      expect(await openWidget(first, 'Other/2')).toContain(switches.otherUserAgent === 'accepted' ? OPEN : ENDED);
      const second = await tokenFor(customerId);
      // The first token is used up if the other browser opened it.
      const usedUp = switches.otherUserAgent === 'accepted' && switches.secondOpening === 'refused';
      const firstStillOpens = switches.newToken === 'leaves' && !usedUp;
      expect(await openWidget(first)).toContain(firstStillOpens ? OPEN : ENDED);
      expect(await openWidget(second)).toContain(OPEN);
      expect(await openWidget(second)).toContain(switches.secondOpening === 'accepted' ? OPEN : ENDED);

      expect(await statusOf('/v2/ramp/invalidate', { customerId })).toBe(switches.successCode);
      expect(await openWidget(second)).toContain(ENDED);
      expect(await statusOf('/v2/ramp/invalidate', { customerId })).toBe(withoutToken);
    });
  },
);

describe('the API refuses', () => {
  test('missing, wrong and expired credentials', async () => {
    expect((await post('/v2/customer/find', {}, {})).status).toBe(401);
    expect((await post('/v2/customer/find', {}, { 'api-key': 'guess' })).status).toBe(401);
    const login = { email: 'l2', password: 'p2' };
    expect((await post('/v2/auth/login', { login: 'l2', password: 'p2' }, { merchant_id: 'm2' })).status).toBe(400);
    expect((await post('/v2/auth/login', login, {})).status).toBe(401);
    expect((await post('/v2/auth/login', { ...login, password: 'p1' }, { merchant_id: 'm2' })).status).toBe(401);
    const issued = await data<{ accessToken: string }>('/v2/auth/login', login, { merchant_id: 'm2' });
    const bearer = { authorization: `Bearer ${issued.accessToken}` };
    expect((await post('/v2/customer/find', {}, bearer)).status).toBe(201);
    time += 3_600_000;
    expect((await post('/v2/customer/find', {}, bearer)).status).toBe(401);
  });

  test('a login in the shape that is switched off', async () => {
    server.setSwitches({ ...DEFAULT_SWITCHES, loginBody: 'login' });
    const credentials = { merchant_id: 'm2' };
    expect((await post('/v2/auth/login', { email: 'l2', password: 'p2' }, credentials)).status).toBe(400);
    expect((await post('/v2/auth/login', { login: 'l2', password: 'p2' }, credentials)).status).toBe(201);
  });

  test('skip and take below one', async () => {
    for (const paging of ['skip=0&take=1', 'take=0'])
      expect((await post(`/v2/operation/find?${paging}`, {})).status, paging).toBe(400);
    for (const paging of [{ skip: 0 }, { take: 0 }])
      expect((await post('/v2/customer/find', paging)).status, JSON.stringify(paging)).toBe(400);
  });

  test('an unknown method, path or content type, and broken JSON', async () => {
    const url = `${urls.apiUrl}/v2/customer/find`;
    expect((await fetch(url, { headers: KEY })).status).toBe(405);
    expect((await post('/v2/rate/equivalent', {})).status).toBe(405);
    expect((await post('/v2/customers', {})).status).toBe(404);
    expect((await fetch(url, { method: 'POST', headers: KEY, body: '{}' })).status).toBe(415);
    const headers = { ...KEY, 'content-type': 'application/json' };
    expect((await fetch(url, { method: 'POST', headers, body: '{' })).status).toBe(400);
  });

  const REQUIRED = ['email', 'firstName', 'lastName', 'country', 'verificationDocumentId', 'residenceAddress'];
  test.each(REQUIRED)('a new customer without a valid %s', async (field) => {
    for (const value of [undefined, null, '', 7])
      expect(await statusOf('/v2/customer/create', { ...OLENA, [field]: value })).toBe(400);
    expect(await data('/v2/customer/find', {})).toEqual([]);
  });

  test('undocumented keys and values, and misplaced paging', async () => {
    expect(await statusOf('/v2/customer/create', { ...OLENA, country: 'UKR' })).toBe(400);
    expect(await statusOf('/v2/customer/create', { ...OLENA, nickname: 'O' })).toBe(400);
    expect(await statusOf('/v2/customer/find', { take: '5' })).toBe(400);
    expect(await statusOf('/v2/customer/find', { createdFrom: 'yesterday' })).toBe(400);
    expect(await statusOf('/v2/operation/find', { take: 5 })).toBe(400);
    expect(await statusOf('/v2/operation/find?take=many', {})).toBe(400);
  });

  test('unknown ids', async () => {
    for (const path of ['/v2/customer/details', '/v2/customer/update', '/v2/operation/details'])
      expect(await statusOf(path, { id: 'nobody' })).toBe(404);
    for (const path of ['/v2/ramp/token', '/v2/ramp/invalidate'])
      expect(
        await statusOf(path, { customerId: 'nobody', ...(path.endsWith('token') && { userAgent: BROWSER }) }),
      ).toBe(404);
    expect(await statusOf('/v2/balance', { walletId: 'none', assets: [] })).toBe(404);
  });
});

test('responses come in chunks with lower-case header names, unknown keys and nulls', async () => {
  const [response] = (await once(get(`${urls.apiUrl}/v2/rate/equivalent`, { headers: KEY }), 'response')) as [
    IncomingMessage,
  ];
  response.resume();
  const names = response.rawHeaders.filter((_, index) => index % 2 === 0);
  expect(names).toEqual(names.map((name) => name.toLowerCase()));
  expect(response.headers).toMatchObject({ 'transfer-encoding': 'chunked' });
  expect(names).not.toContain('content-length');
  expect(await createOlena()).toMatchObject({ loyalty: { tier: null }, phoneNumber: null, lastName: '<Шевченко>' });
});

test('an updated customer keeps both ids, and a blocked wallet gets no token', async () => {
  const { id, walletId } = await createOlena();
  await post('/v2/customer/create', { ...OLENA, email: 'taras@example.test' });
  expect(await statusOf('/v2/customer/update', { id, email: 'taras@example.test' })).toBe(409);
  expect(await statusOf('/v2/customer/update', { id, walletId: 'mine' })).toBe(400);
  const token = await tokenFor(id);
  await post('/v2/customer/update', { id, email: 'o@example.test', walletStatus: 'Blocked' });
  expect(await data('/v2/customer/details', { id })).toMatchObject({ id, walletId, email: 'o@example.test' });
  expect(await statusOf('/v2/ramp/token', { customerId: id, userAgent: BROWSER })).toBe(403);
  expect(await openWidget(token)).toContain(ENDED);
});

test('the widget names the customer and buys once per visit; the API shows operation and balance', async () => {
  const { id, walletId } = await createOlena();
  const page = await openWidget(await tokenFor(id));
  expect(page).toContain('<p>Wallet of Olena &#60;Шевченко&#62;</p>');
  const after = await pressBuy(page);
  expect(after).toContain('Completed');
  await pressBuy(page);
  await pressBuy(after);
  const assets = ['BTC', 'UAH'];
  expect(await data('/v2/balance', { walletId, assets })).toMatchObject([
    { asset: 'BTC', balance: '0.00005000', holdBalance: '0' },
    { asset: 'UAH', balance: '0' },
  ]);
  const found = await data<Ids[]>('/v2/operation/find', { walletId, status: 'Completed' });
  expect(found).toHaveLength(2);
  expect(await data('/v2/operation/find', { walletId: 'other' })).toEqual([]);
  const [operation] = await data<Ids[]>('/v2/operation/find?skip=1&take=1', {});
  expect(operation).toEqual(found[1]);
  expect(operation).toMatchObject({ walletId, type: 'DepositWithExchange', targetAsset: 'BTC', sourceAmount: '100' });
  expect(await data('/v2/operation/details', { id: operation?.id })).toEqual([operation]);
});

test('invalidating one customer leaves the others alone, and customers are paged in the body', async () => {
  const olena = await createOlena();
  const other = await data<Ids>('/v2/customer/create', { ...OLENA, email: 'taras@example.test' });
  const token = await tokenFor(other.id);
  await tokenFor(olena.id);
  await post('/v2/ramp/invalidate', { customerId: olena.id });
  expect(await openWidget(token)).toContain(OPEN);
  expect(await data('/v2/customer/find', { skip: 1 })).toMatchObject([{ id: other.id }]);
  expect(await data('/v2/customer/find', { take: 1 })).toMatchObject([{ id: olena.id }]);
});

test('an open widget page ends with the authorisation, and a token after 46.5 hours', async () => {
  const { id: customerId } = await createOlena();
  const page = await openWidget(await tokenFor(customerId));
  await post('/v2/ramp/invalidate', { customerId });
  expect(await pressBuy(page)).toContain(ENDED);
  const token = await tokenFor(customerId);
  const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  expect(payload).toMatchObject({ sessionCreatedAt: time, fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/) });
  time = payload.exp * 1000 - 1;
  expect(await openWidget(token)).toContain(OPEN);
  time += 1;
  expect(await openWidget(token)).toContain(ENDED);
  expect(await openWidget('made-up')).toContain(ENDED);
});

test('the widget is public without a token, and refused without an institution', async () => {
  expect(await (await fetch(`${urls.widgetUrl}/?institutionId=i2`)).text()).toContain('Sign in to KUNA');
  expect((await fetch(`${urls.widgetUrl}/`)).status).toBe(400);
});

test('calls are recorded with body and status, and cleared by a reset', async () => {
  const { id: customerId } = await createOlena();
  await statusOf('/v2/operation/find?take=1', {});
  await openWidget('made-up');
  expect(server.calls).toMatchObject([
    { endpoint: 'POST /v2/customer/create', query: '', body: OLENA, status: 201 },
    { endpoint: 'POST /v2/operation/find', query: 'take=1', body: {}, status: 201 },
    {
      endpoint: 'widget GET /',
      query: 'institutionId=i2&refreshToken=made-up',
      body: { userAgent: BROWSER },
      status: 403,
    },
  ]);
  server.reset();
  expect(server.calls).toEqual([]);
  expect(await statusOf('/v2/customer/details', { id: customerId })).toBe(404);
});
