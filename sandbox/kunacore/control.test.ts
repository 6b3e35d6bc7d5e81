import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isLoopback } from './control';
import {
  BROWSER,
  CREDENTIALS,
  INSTITUTION,
  KEY,
  OLENA,
  PETRO,
  startKunaCore,
  type TestKunaCore,
} from './test-kunacore';

let core: TestKunaCore;
beforeAll(async () => {
  core = await startKunaCore();
});
afterAll(() => core.close());
beforeEach(() => core.control('POST', 'reset'));

describe('the history', () => {
  test('has every call in order with its request and status, but no credential', async () => {
    await core.create();
    const headers = { authorization: 'Bearer secret-1', 'user-agent': 'portal/1', 'content-type': 'text/plain' };
    await core.send('/v2/operation/find?take=1', { method: 'POST', headers, body: 'no json' });
    const login = { email: CREDENTIALS.login, password: CREDENTIALS.password };
    await core.post('/v2/auth/login', login, { merchant_id: CREDENTIALS.merchantId });
    await core.send('/v2/auth/login', { method: 'POST', body: `{"password":"${CREDENTIALS.password}"` });
    const calls = await core.calls();
    expect(calls).toMatchObject([
      {
        seq: 1,
        at: expect.stringMatching(/Z$/),
        method: 'POST',
        path: '/v2/customer/create',
        query: '',
        body: OLENA,
        headers: { 'content-type': 'application/json', 'accept-encoding': expect.any(String) },
        authentication: 'api-key',
        status: 201,
        fault: null,
      },
      {
        seq: 2,
        path: '/v2/operation/find',
        query: '?take=1',
        body: 'no json',
        headers: { 'user-agent': 'portal/1' },
        authentication: 'bearer',
        status: 401,
      },
      { seq: 3, path: '/v2/auth/login', body: { email: 'partner' }, authentication: 'none', status: 201 },
      { seq: 4, body: null, status: 400 },
    ]);
    const text = JSON.stringify(calls);
    for (const secret of [CREDENTIALS.apiKey, CREDENTIALS.password, 'secret-1']) expect(text).not.toContain(secret);
  });

  test('can be cleared, and omits calls of the control interface', async () => {
    await core.create();
    await core.control('GET', 'customers');
    expect(await core.calls()).toHaveLength(1);
    await core.control('DELETE', 'calls');
    expect(await core.calls()).toEqual([]);
  });
});

describe('switches', () => {
  test('change only when named', async () => {
    const before = await core.control<object>('GET', 'switches');
    expect(await core.control('POST', 'switches', { successCode: 200 })).toEqual({ ...before, successCode: 200 });
    expect(await core.control('GET', 'switches')).toEqual({ ...before, successCode: 200 });
  });

  test.each([{ newTokens: 'ends-earlier' }, { newToken: 'maybe' }, { successCode: 204 }])(
    '%j is refused and changes nothing',
    async (change) => {
      const before = await core.control('GET', 'switches');
      await expect(core.control('POST', 'switches', change)).rejects.toThrow('400');
      expect(await core.control('GET', 'switches')).toEqual(before);
    },
  );
});

describe('customers', () => {
  test('can be created as by another partner process, and are listed with wallet and live tokens', async () => {
    const made = await core.control<{ id: string }>('POST', 'customers', { ...OLENA, externalId: 'not-ours' });
    await core.token(made.id);
    const expected = [{ ...made, walletId: expect.any(String), externalId: 'not-ours', liveTokens: 1 }];
    expect(await core.control('GET', 'customers')).toMatchObject(expected);
    expect(await core.calls()).toHaveLength(1);
  });

  test('can get any status, even an undocumented one', async () => {
    const { id } = await core.create();
    await core.control('POST', `customers/${id}`, { verificationStatus: 'ON_MARS' });
    await core.control('POST', `customers/${id}`, { walletStatus: 'Suspicious' });
    const details = await core.data('/v2/customer/details', { id });
    expect(details).toMatchObject({ verificationStatus: 'ON_MARS', walletStatus: 'Suspicious' });
    await expect(core.control('POST', `customers/${id}`, { email: 'x@example.test' })).rejects.toThrow('400');
    await expect(core.control('POST', 'customers/nobody', { walletStatus: 'Active' })).rejects.toThrow('404');
  });
});

test('reset restores the initial state', async () => {
  const switches = await core.control('GET', 'switches');
  await core.create();
  await core.control('POST', 'switches', { successCode: 200 });
  await core.control('POST', 'faults', { endpoint: '*', kind: 'hang' });
  await core.control('POST', 'clock', { offsetMs: 5000 });
  await core.control('POST', 'reset');
  expect(await core.control('GET', 'customers')).toEqual([]);
  expect(await core.control('GET', 'switches')).toEqual(switches);
  expect(await core.control('GET', 'faults')).toEqual([]);
  expect(await core.control('GET', 'clock')).toMatchObject({ offsetMs: 0 });
  expect(await core.calls()).toEqual([]);
});

test('an unknown control gets 404', async () => {
  await expect(core.control('GET', 'secrets')).rejects.toThrow('404');
  await expect(core.control('DELETE', 'customers')).rejects.toThrow('404');
});

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['192.168.0.7', false],
  ['::ffff:10.0.0.1', false],
  ['2001:db8::1', false],
  ['1.127.0.0', false],
  [undefined, false],
])('the address %s is of this machine: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});

describe('with a state file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kunacore-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('customers, purchases and tokens survive a restart; switches and faults do not', async () => {
    const file = path.join(folder, 'deep', 'state.json');
    const first = await startKunaCore(file);
    const olena = await first.create();
    await first.create(PETRO);
    const refreshToken = await first.token(olena.id);
    const session = first.widget.openKunaSession(olena.id).id;
    const order = { sourceAsset: 'USD', sourceAmount: '100', targetAsset: 'USDT' };
    first.widget.buy(session, first.widget.quote(session, order).id);
    await first.control('POST', 'switches', { successCode: 200 });
    await first.close();
    expect(await readdir(path.dirname(file))).toEqual(['state.json']);

    const second = await startKunaCore(file);
    try {
      await second.passes(60_000);
      expect(await second.data('/v2/customer/find', {})).toMatchObject([olena, { email: PETRO.email }]);
      const { walletId } = olena;
      expect(await second.data('/v2/balance', { walletId, assets: ['USDT'] })).toMatchObject([{ balance: '99' }]);
      const opened = await second.widget.open({ institutionId: INSTITUTION, refreshToken, userAgent: BROWSER });
      expect(opened).toMatchObject({ ok: true, session: { customerId: olena.id } });
      expect((await second.post('/v2/customer/find', {}, KEY)).status).toBe(201);
    } finally {
      await second.close();
    }
  });

  test('writes the file soon after a change, and empties it on reset', async () => {
    const file = path.join(folder, 'running.json');
    const kept = async () =>
      (JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as { customers?: unknown[] }).customers?.length;
    const running = await startKunaCore(file);
    try {
      await running.create();
      await expect.poll(kept, { timeout: 10_000 }).toBe(1);
      await running.control('POST', 'reset');
      await expect.poll(kept, { timeout: 10_000 }).toBe(0);
    } finally {
      await running.close();
    }
  });
});
