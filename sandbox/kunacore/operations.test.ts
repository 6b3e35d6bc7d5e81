import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CustomerResponse, OLENA, PETRO, startKunaCore, type TestKunaCore } from './test-kunacore';
import type { OperationView } from './widget-backend';

interface OperationResponse {
  id: string;
  status: string;
  createdAt: string;
  updatedAt: string;
}

let core: TestKunaCore;
let olena: CustomerResponse;
let session: string;
beforeAll(async () => {
  core = await startKunaCore();
});
afterAll(() => core.close());
beforeEach(async () => {
  await core.control('POST', 'reset');
  olena = await core.create();
  session = core.widget.openKunaSession(olena.id).id;
});

const quote = (sourceAmount: string, targetAsset = 'BTC', sourceAsset = 'USD') =>
  core.widget.quote(session, { sourceAsset, sourceAmount, targetAsset });

function buy(sourceAmount: string, targetAsset?: string): OperationView {
  const bought = core.widget.buy(session, quote(sourceAmount, targetAsset).id);
  if (!bought.ok) throw new Error(bought.reason);
  return bought.operation;
}

const details = async (id: string) => (await core.data<[OperationResponse]>('/v2/operation/details', { id }))[0];
const balance = async (asset = 'BTC') =>
  (await core.data<object[]>('/v2/balance', { walletId: olena.walletId, assets: [asset] }))[0];

describe('a quote', () => {
  test('is the amount less 1 % at the rate, in decimal strings, for 30 seconds', () => {
    const frozen = quote('1000');
    // 990 / 91250 = 0.010849315…, rounded down to eight places
    expect(frozen).toMatchObject({ fee: '10', rate: '91250', targetAmount: '0.01084931' });
    expect(frozen.expiresAt - frozen.serverNow).toBe(30_000);
  });

  test.each([
    ['0.99', 'BTC', 'USD', 'least'],
    ['50000.01', 'BTC', 'USD', 'most'],
    ['-5', 'BTC', 'USD', 'amount'],
    ['1e3', 'BTC', 'USD', 'amount'],
    ['1.005', 'BTC', 'USD', 'amount'],
    ['', 'BTC', 'USD', 'amount'],
    ['100', 'DOGE', 'USD', 'Choose'],
    ['1', 'USD', 'BTC', 'Choose'],
  ])('"%s" for %s in %s is refused with a sentence', (amount, target, source, sentence) => {
    expect(() => quote(amount, target, source)).toThrow(RangeError);
    expect(() => quote(amount, target, source)).toThrow(sentence);
  });

  test('buys once, even when used several times', async () => {
    const { id } = quote('100');
    const first = core.widget.buy(session, id);
    await core.passes(60_000);
    const again = core.widget.buy(session, id);
    expect(again.ok && again.operation.id).toBe(first.ok && first.operation.id);
    expect(await core.data('/v2/operation/find', {})).toHaveLength(1);
  });

  test('buys nothing once it has expired, for another session, or after the session', async () => {
    const { id } = quote('100');
    const other = core.widget.openKunaSession(olena.id).id;
    expect(core.widget.buy(other, id)).toEqual({ ok: false, reason: 'unknown-quote' });
    expect(core.widget.buy(session, 'quote-0')).toEqual({ ok: false, reason: 'unknown-quote' });
    expect(core.widget.buy('session-0', id)).toEqual({ ok: false, reason: 'session-ended' });
    await core.passes(30_000);
    expect(core.widget.buy(session, id)).toEqual({ ok: false, reason: 'quote-expired' });
    expect(await core.data('/v2/operation/find', {})).toEqual([]);
  });
});

describe('an operation', () => {
  test('goes from Created through Processing to Completed, and is then in the balance', async () => {
    const { id, targetAmount } = buy('100');
    const created = await details(id);
    expect(created).toMatchObject({
      status: 'Created',
      walletId: olena.walletId,
      type: 'DepositWithExchange',
      sourceAsset: 'USD',
      sourceAmount: '100',
      targetAsset: 'BTC',
      targetAmount: '0.00108493',
      fee: '1',
      txHash: null,
    });
    expect(created.updatedAt).toBe(created.createdAt);
    expect(await balance()).toEqual({ asset: 'BTC', balance: '0', holdBalance: targetAmount });

    await core.passes(2000);
    const processing = await details(id);
    expect(processing.status).toBe('Processing');

    await core.passes(3000);
    const completed = await details(id);
    expect(completed.status).toBe('Completed');
    const times = [created, processing, completed].map(({ updatedAt }) => updatedAt);
    expect(times).toEqual([...new Set(times)].sort());
    expect(await balance()).toEqual({ asset: 'BTC', balance: targetAmount, holdBalance: '0' });
    expect(core.widget.balances(olena.walletId)).toMatchObject([{ asset: 'BTC', balance: targetAmount }]);
  });

  test.each([
    ['100.13', 'Declined', '0'],
    ['100.26', 'OnHold', '99.2574'],
  ])('of %s ends %s', async (amount, status, holdBalance) => {
    const { id } = buy(amount, 'USDT');
    await core.passes(60_000);
    expect(await details(id)).toMatchObject({ status });
    expect(await balance('USDT')).toEqual({ asset: 'USDT', balance: '0', holdBalance });
  });

  test('is shown to its own customer only', async () => {
    const { id } = buy('100');
    const petro = core.widget.openKunaSession((await core.create(PETRO)).id);
    expect(core.widget.operation(session, id)).toMatchObject({ id, status: 'Created' });
    expect(core.widget.operation(petro.id, id)).toBeNull();
    expect(core.widget.operation(session, 'operation-0')).toBeNull();
  });

  test('amounts add up without a rounding error', async () => {
    for (let nth = 0; nth < 10; nth += 1) buy('10.10', 'USDC');
    await core.passes(60_000);
    expect(await balance('USDC')).toMatchObject({ balance: '99.99' });
  });
});

test('operations are found by every documented filter, newest first, paged in the query', async () => {
  const old = buy('100', 'ETH');
  await core.passes(60_000);
  const fresh = buy('200', 'BTC');
  const found = async (search: object, query = '') =>
    (await core.data<OperationResponse[]>(`/v2/operation/find${query}`, search)).map(({ id }) => id);
  expect(await found({})).toEqual([fresh.id, old.id]);
  expect(await found({ walletId: olena.walletId }, '?skip=1&take=5')).toEqual([old.id]);
  expect(await found({}, '?take=1')).toEqual([fresh.id]);
  expect(await found({ status: 'Completed' })).toEqual([old.id]);
  expect(await found({ targetAsset: 'BTC', sourceAsset: 'USD', type: 'DepositWithExchange' })).toEqual([fresh.id]);
  expect(await found({ dateTo: old.createdAt })).toEqual([old.id]);
  expect(await found({ dateFrom: fresh.createdAt })).toEqual([fresh.id]);
  expect(await found({ walletId: olena.id })).toEqual([]);
  expect(await found({ externalId: 'x' })).toEqual([]);
});

test("Kuna's own customers: unknown until verified; a partner's customer becomes one by Kuna's check", async () => {
  expect(core.widget.findKunaCustomer(OLENA.email)).toBeNull();
  expect(core.widget.createKunaCustomer(OLENA)).toEqual({ customerId: olena.id });
  const { customerId } = core.widget.createKunaCustomer(PETRO);
  expect(core.widget.findKunaCustomer('PETRO@example.test')).toEqual({ customerId });
  expect(core.widget.openKunaSession(customerId)).toMatchObject({ customerId, email: PETRO.email });
});
