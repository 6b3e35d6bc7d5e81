import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CREDENTIALS, KEY, OLENA, PETRO, startKunaCore, type TestKunaCore } from './test-kunacore';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DECIMAL = /^\d+(\.\d+)?$/;
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

let core: TestKunaCore;
beforeAll(async () => {
  core = await startKunaCore();
});
afterAll(() => core.close());
beforeEach(() => core.control('POST', 'reset'));

describe('customers', () => {
  test('are created with a wallet, in the documented shape', async () => {
    const externalId = 'user-17';
    const created = await core.create({ ...OLENA, phoneNumber: '+380991234567', externalId });
    expect(created).toEqual({
      id: expect.stringMatching(UUID),
      walletId: expect.stringMatching(UUID),
      email: OLENA.email,
      phoneNumber: '+380991234567',
      firstName: OLENA.firstName,
      lastName: OLENA.lastName,
      comment: null,
      externalId,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      referralId: null,
      verificationStatus: 'ACCEPTED',
      walletStatus: 'Active',
      riskGroup: null,
      schemaVersion: 7,
    });
    expect(await core.data('/v2/customer/details', { id: created.id })).toEqual(created);
  });

  test('have a unique e-mail address, regardless of its spelling', async () => {
    const olena = await core.create();
    const petro = await core.create(PETRO);
    const email = OLENA.email.toUpperCase();
    expect((await core.post('/v2/customer/create', { ...PETRO, email })).status).toBe(409);
    expect((await core.post('/v2/customer/update', { id: petro.id, email })).status).toBe(409);
    expect((await core.post('/v2/customer/update', { id: olena.id, email })).status).toBe(201);
  });

  test('change only the fields that an update names', async () => {
    const olena = await core.create();
    const change = { firstName: 'Olga', walletStatus: 'Suspicious' };
    expect(await core.data('/v2/customer/update', { id: olena.id, ...change })).toEqual({ ...olena, ...change });
    expect((await core.post('/v2/customer/update', { id: olena.id, walletId: UNKNOWN_ID })).text).toContain('walletId');
  });

  test('are found by every documented filter, page by page', async () => {
    const olena = await core.create({ ...OLENA, externalId: 'user-17', comment: 'vip', phoneNumber: '+380991234567' });
    const petro = await core.create({ ...PETRO, referralId: olena.id });
    const found = async (search: object) =>
      (await core.data<{ id: string }[]>('/v2/customer/find', search)).map(({ id }) => id);
    expect(await found({ email: OLENA.email })).toEqual([olena.id]);
    expect(await found({ walletId: petro.walletId })).toEqual([petro.id]);
    expect(await found({ phoneNumber: '+380991234567', comment: 'vip' })).toEqual([olena.id]);
    expect(await found({ fullName: 'Петро Шевченко' })).toEqual([petro.id]);
    expect(await found({ externalId: 'user-17' })).toEqual([olena.id]);
    expect(await found({ referralId: olena.id })).toEqual([petro.id]);
    expect(await found({ externalId: 'user-18' })).toEqual([]);
    expect(await found({})).toEqual([olena.id, petro.id]);
    expect(await found({ take: 1, skip: 1 })).toEqual([petro.id]);
    expect(await found({ createdTo: '2020-01-01T00:00:00Z' })).toEqual([]);
    expect(await found({ createdFrom: '2020-01-01', createdTo: '2100-01-01T00:00:00+02:00' })).toHaveLength(2);
  });

  test('keep a block that Kuna set: the partner cannot lift it', async () => {
    const { id } = await core.create();
    await core.control('POST', `customers/${id}`, { walletStatus: 'Blocked' });
    expect((await core.post('/v2/customer/update', { id, walletStatus: 'Active' })).status).toBe(403);
    expect((await core.post('/v2/customer/update', { id, firstName: 'Olga' })).status).toBe(201);
    await core.control('POST', `customers/${id}`, { walletStatus: 'Active' });
    await core.data('/v2/customer/update', { id, walletStatus: 'Blocked' });
    expect((await core.post('/v2/customer/update', { id, walletStatus: 'Active' })).status).toBe(201);
  });
});

describe('reads', () => {
  test('a new wallet is empty in every requested asset', async () => {
    const { walletId } = await core.create();
    expect(await core.data('/v2/balance', { walletId, assets: ['BTC', 'ETH'] })).toEqual([
      { asset: 'BTC', balance: '0', holdBalance: '0' },
      { asset: 'ETH', balance: '0', holdBalance: '0' },
    ]);
  });

  test('rates are decimal strings, "0" where there is none', async () => {
    const { status, text } = await core.send('/v2/rate/equivalent', { headers: KEY });
    expect(status).toBe(201);
    const { data } = JSON.parse(text) as { data: { asset: string; equivalent: Record<string, string> }[] };
    expect(data.map(({ asset }) => asset)).toEqual(['BTC', 'ETH', 'USDT', 'USDC', 'SOL', 'UAH', 'EUR', 'USD']);
    for (const { equivalent } of data) {
      for (const worth of Object.values(equivalent)) expect(worth).toMatch(DECIMAL);
      expect(equivalent).toMatchObject({ UAH: expect.any(String), EUR: expect.any(String), GBP: '0' });
    }
    expect(data[0]?.equivalent.USD).toBe('91250');
  });
});

describe('an unknown path or id', () => {
  test.each([
    ['/v2/customer/details', { id: UNKNOWN_ID }],
    ['/v2/customer/update', { id: UNKNOWN_ID, firstName: 'A' }],
    ['/v2/ramp/token', { customerId: UNKNOWN_ID, userAgent: 'B' }],
    ['/v2/ramp/invalidate', { customerId: UNKNOWN_ID }],
    ['/v2/balance', { walletId: UNKNOWN_ID, assets: ['BTC'] }],
    ['/v2/operation/details', { id: UNKNOWN_ID }],
    ['/v2/customers', {}],
    ['//v2/ramp/token', {}],
    ['/v2/ramp/token/', {}],
  ])('%s %j: 404', async (path, body) => {
    expect((await core.post(path, body)).status).toBe(404);
  });
});

describe('request validation', () => {
  test.each([
    ['GET', '/v2/customer/find'],
    ['PUT', '/v2/customer/update'],
    ['GET', '/v2/auth/login'],
    ['POST', '/v2/rate/equivalent'],
  ])('%s %s: 405', async (method, path) => {
    expect((await core.send(path, { method, headers: KEY })).status).toBe(405);
  });

  test.each(['', 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])(
    'content type "%s": 400',
    async (type) => {
      const response = await core.post('/v2/customer/find', {}, { ...KEY, 'content-type': type });
      expect([response.status, response.text]).toEqual([400, expect.stringContaining('content-type')]);
    },
  );

  test.each(['', '{', '[]', 'null', '"text"'])('body %j: 400', async (body) => {
    const headers = { ...KEY, 'content-type': 'application/json; charset=utf-8' };
    expect((await core.send('/v2/customer/find', { method: 'POST', headers, body })).status).toBe(400);
  });

  test('a body that is too large gets 413, and is recorded in the history', async () => {
    const response = await core.post('/v2/customer/find', { comment: 'x'.repeat(3_000_000) });
    expect(response.status).toBe(413);
    expect(await core.calls()).toMatchObject([{ path: '/v2/customer/find', status: 413 }]);
  });

  test.each(Object.keys(OLENA))('a customer without %s: 400 that names it', async (field) => {
    const response = await core.post('/v2/customer/create', { ...OLENA, [field]: undefined });
    expect([response.status, response.text]).toEqual([400, expect.stringContaining(field)]);
  });

  test.each([
    ['/v2/customer/create', { ...OLENA, email: 'olena' }, 'email'],
    ['/v2/customer/create', { ...OLENA, country: 'UKR' }, 'country'],
    ['/v2/customer/create', { ...OLENA, itn: 7 }, 'itn'],
    ['/v2/customer/create', { ...OLENA, birthday: '1990-01-01' }, 'birthday'],
    ['/v2/customer/update', { firstName: 'A' }, 'id'],
    ['/v2/customer/find', { take: '5' }, 'take'],
    ['/v2/customer/find', { createdFrom: 'yesterday' }, 'createdFrom'],
    ['/v2/ramp/token', { customerId: UNKNOWN_ID }, 'userAgent'],
    ['/v2/ramp/invalidate', {}, 'customerId'],
    ['/v2/balance', { walletId: UNKNOWN_ID, assets: 'BTC' }, 'assets'],
    ['/v2/operation/find', { dateTo: 'tomorrow' }, 'dateTo'],
    ['/v2/operation/find?take=many', {}, 'take'],
    ['/v2/operation/find?skip=0&take=5', {}, 'skip'],
    ['/v2/customer/find', { skip: 0 }, 'skip'],
    ['/v2/operation/details', { id: 5 }, 'id'],
    ['/v2/auth/login', { email: 'partner' }, 'password'],
  ])('%s %j: 400 that names %s', async (path, body, field) => {
    const response = await core.post(path, body);
    expect([response.status, response.text]).toEqual([400, expect.stringMatching(new RegExp(`Check.*\\b${field}\\b`))]);
  });
});

describe('authentication', () => {
  const MERCHANT = { merchant_id: CREDENTIALS.merchantId };
  const PASSWORD = { email: CREDENTIALS.login, password: CREDENTIALS.password };
  const find = async (headers: Record<string, string>) => (await core.post('/v2/customer/find', {}, headers)).status;

  test('is required', async () => {
    expect(await find({})).toBe(401);
    expect(await find({ 'api-key': 'key-2' })).toBe(401);
    expect(await find({ authorization: `Bearer ${CREDENTIALS.apiKey}` })).toBe(401);
    expect((await core.send('/v2/rate/equivalent')).status).toBe(401);
  });

  test('by login returns an access token that lives for 15 minutes', async () => {
    const { status, text } = await core.post('/v2/auth/login', PASSWORD, MERCHANT);
    expect(status).toBe(201);
    const { accessToken } = (JSON.parse(text) as { data: { accessToken: string } }).data;
    const bearer = { authorization: `Bearer ${accessToken}` };
    expect(await find(bearer)).toBe(201);
    await core.passes(14 * 60_000);
    expect(await find(bearer)).toBe(201);
    await core.passes(61_000);
    expect(await find(bearer)).toBe(401);
  });

  test('refuses a widget token as an access token', async () => {
    const { id } = await core.create();
    expect(await find({ authorization: `Bearer ${await core.token(id)}` })).toBe(401);
  });

  test.each([
    [{}, PASSWORD],
    [{ merchant_id: 'merchant-2' }, PASSWORD],
    [MERCHANT, { ...PASSWORD, password: 'pass-2' }],
    [MERCHANT, { ...PASSWORD, email: 'other' }],
  ])('login with %j %j: 401', async (headers, body) => {
    expect((await core.post('/v2/auth/login', body, headers)).status).toBe(401);
  });
});
