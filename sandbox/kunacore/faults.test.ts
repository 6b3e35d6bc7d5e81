import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  BROWSER,
  type CustomerResponse,
  INSTITUTION,
  KEY,
  OLENA,
  PETRO,
  startKunaCore,
  type TestKunaCore,
} from './test-kunacore';

const CREATE = '/v2/customer/create';
const PATIENT = { timeout: 10_000 };
let core: TestKunaCore;
beforeAll(async () => {
  core = await startKunaCore();
});
afterAll(() => core.close());
beforeEach(() => core.control('POST', 'reset'));

const fault = (options: object) => core.control('POST', 'faults', { endpoint: CREATE, ...options });
const create = (init?: RequestInit) => {
  const headers = { 'content-type': 'application/json', ...KEY };
  return core.send(CREATE, { method: 'POST', headers, body: JSON.stringify(OLENA), ...init });
};
const isCreated = async () => (await core.control<unknown[]>('GET', 'customers')).length === 1;
const lastCall = async () => (await core.calls()).at(-1);

/** Makes a call without a response, and aborts it once KunaCore has received it (for `applied`, carried it out). */
async function giveUp(applied: boolean): Promise<void> {
  const giveUp = new AbortController();
  const response = create({ signal: giveUp.signal }).then(
    () => 'answered',
    () => 'given up',
  );
  await expect.poll(async () => (await core.calls()).length, PATIENT).toBe(1);
  if (applied) await expect.poll(isCreated, PATIENT).toBe(true);
  giveUp.abort();
  expect(await response).toBe('given up');
}

test('delay: answers late, but as usual', async () => {
  await fault({ kind: 'delay', ms: 80 });
  const begun = performance.now();
  expect((await create()).status).toBe(201);
  // A timer may fire slightly early by another clock.
  expect(performance.now() - begun).toBeGreaterThan(70);
  expect(await lastCall()).toMatchObject({ status: 201, fault: 'delay' });
});

test('hang: never answers, and does not carry the call out', async () => {
  await fault({ kind: 'hang' });
  await giveUp(false);
  expect(await isCreated()).toBe(false);
  expect(await lastCall()).toMatchObject({ status: null, fault: 'hang' });
});

test('apply-then-hang: never answers, but carries the call out', async () => {
  await fault({ kind: 'apply-then-hang' });
  await giveUp(true);
  expect(await lastCall()).toMatchObject({ status: null, fault: 'apply-then-hang' });
});

test.each([
  ['reset-before', false],
  ['reset-middle', true],
])('%s: the connection breaks; carried out: %s', async (kind, applied) => {
  await fault({ kind });
  await expect(create()).rejects.toThrow();
  expect(await isCreated()).toBe(applied);
  expect(await lastCall()).toMatchObject({ status: null, fault: kind });
});

test('reset-middle: breaks the connection within the response', async () => {
  await fault({ kind: 'reset-middle' });
  const headers = { 'content-type': 'application/json', ...KEY };
  const response = await fetch(core.url + CREATE, { method: 'POST', headers, body: JSON.stringify(OLENA) });
  expect(response.status).toBe(201);
  await expect(response.text()).rejects.toThrow();
});

test('status: answers with Retry-After, and does not carry the call out', async () => {
  await fault({ kind: 'status', status: 429, retryAfter: 7 });
  expect(await create()).toMatchObject({ status: 429, retryAfter: '7', text: expect.stringContaining('"errors"') });
  expect(await isCreated()).toBe(false);
});

test('apply-then-fail: answers 500 or the requested status, but carries the call out', async () => {
  await fault({ kind: 'apply-then-fail', count: 1 });
  expect((await create()).status).toBe(500);
  expect(await isCreated()).toBe(true);
  await fault({ endpoint: '/v2/customer/find', kind: 'apply-then-fail', status: 503 });
  expect((await core.post('/v2/customer/find', {})).status).toBe(503);
});

test('malformed: answers broken JSON with a good status, and carries the call out', async () => {
  await fault({ kind: 'malformed' });
  const { status, text } = await create();
  expect([status, text.startsWith('{"data":')]).toEqual([201, true]);
  expect(() => JSON.parse(text)).toThrow(SyntaxError);
  expect(await isCreated()).toBe(true);
});

test('html: answers a page, and does not carry the call out', async () => {
  await fault({ kind: 'html' });
  expect(await create()).toMatchObject({ status: 200, type: 'text/html', text: expect.stringContaining('<!doctype') });
  expect(await isCreated()).toBe(false);
});

test('huge: answers more than a megabyte of JSON', async () => {
  await fault({ kind: 'huge' });
  const { text } = await create();
  expect(text.length).toBeGreaterThan(1_000_000);
  expect(JSON.parse(text)).toHaveProperty('data');
});

describe('other-customer', () => {
  const strike = () => core.control('POST', 'faults', { endpoint: '*', kind: 'other-customer' });
  const both = async () => [await core.create(OLENA), await core.create(PETRO)] as [CustomerResponse, CustomerResponse];

  test('answers as usual while there is no other customer', async () => {
    await strike();
    expect(await core.create()).toMatchObject({ email: OLENA.email });
  });

  test('carries the call out, and answers with another customer', async () => {
    const [olena, petro] = await both();
    await strike();
    expect(await core.data('/v2/customer/update', { id: petro.id, firstName: 'Pete' })).toEqual(olena);
    expect(await core.data('/v2/customer/details', { id: olena.id })).toMatchObject({ firstName: 'Pete' });
    expect(await core.data('/v2/customer/find', { email: 'OLENA@example.test' })).toMatchObject([{ id: petro.id }]);
    await core.control('POST', 'switches', { findShape: 'wrapped' });
    expect(await core.data('/v2/customer/find', { email: PETRO.email })).toEqual({ items: [olena], total: 1 });
  });

  test("issues another customer's token for the requested browser", async () => {
    const [olena, petro] = await both();
    await strike();
    const refreshToken = await core.token(olena.id);
    const opened = await core.widget.open({ institutionId: INSTITUTION, refreshToken, userAgent: BROWSER });
    expect(opened).toMatchObject({ ok: true, session: { customerId: petro.id } });
  });

  test("answers with another customer's balance and operations", async () => {
    const [olena, petro] = await both();
    const { id: sessionId } = core.widget.openKunaSession(petro.id);
    const order = { sourceAsset: 'USD', sourceAmount: '100', targetAsset: 'USDT' };
    core.widget.buy(sessionId, core.widget.quote(sessionId, order).id);
    await core.passes(60_000);
    await strike();
    const { walletId } = olena;
    expect(await core.data('/v2/balance', { walletId, assets: ['USDT'] })).toMatchObject([{ balance: '99' }]);
    expect(await core.data('/v2/operation/find', { walletId })).toMatchObject([{ walletId: petro.walletId }]);
  });
});

describe('faults', () => {
  test('apply to their endpoint only, up to their count, the first match first', async () => {
    await fault({ kind: 'status', status: 500, count: 1 });
    await fault({ kind: 'status', status: 503, count: 2 });
    const statuses: number[] = [(await core.post('/v2/customer/find', {})).status];
    for (let nth = 0; nth < 4; nth += 1) statuses.push((await create()).status);
    expect(statuses).toEqual([201, 500, 503, 503, 201]);
    expect(await core.control('GET', 'faults')).toMatchObject([{ left: 0 }, { left: 0 }]);
  });

  test('are listed with their remaining count, null for unlimited, and can be cleared', async () => {
    await fault({ kind: 'status', status: 500 });
    await fault({ endpoint: '*', kind: 'html', count: 3 });
    await create();
    await core.post('/v2/customer/find', {});
    expect(await core.control('GET', 'faults')).toMatchObject([{ left: null }, { left: 2, fault: { kind: 'html' } }]);
    await core.control('DELETE', 'faults');
    expect(await core.control('GET', 'faults')).toEqual([]);
    expect((await create()).status).toBe(201);
  });

  test('never apply with probability 0', async () => {
    await fault({ kind: 'html', probability: 0 });
    expect((await create()).status).toBe(201);
  });

  test.each([{ kind: 'unknown' }, { kind: 'delay' }, { kind: 'status', status: 99 }, { kind: 'hang', probability: 2 }])(
    '%j is refused',
    async (options) => {
      await expect(fault(options)).rejects.toThrow('400');
    },
  );
});
