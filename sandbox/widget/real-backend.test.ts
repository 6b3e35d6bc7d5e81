import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CustomerResponse, INSTITUTION, PETRO, startKunaCore, type TestKunaCore } from '../kunacore/test-kunacore';
import { endedSentences } from './ended';
import { createWidgetServer } from './server';
import { Visitor } from './visitor';

const ORDER = { sourceAsset: 'USD', sourceAmount: '100', targetAsset: 'USDT' };
const UNUSED_MAIL = { host: '127.0.0.1', port: 1, from: 'a@b.example' };

let core: TestKunaCore;
let olena: CustomerResponse;
let visitor: Visitor;

beforeEach(async () => {
  core = await startKunaCore();
  olena = await core.create();
  visitor = await Visitor.at(createWidgetServer({ backend: core.widget, mail: UNUSED_MAIL }));
});
afterEach(async () => {
  await visitor.leave();
  await core.close();
});

const address = (refreshToken: string) => String(new URLSearchParams({ institutionId: INSTITUTION, refreshToken }));
const balance = async () =>
  (await core.data<object[]>('/v2/balance', { walletId: olena.walletId, assets: ['USDT'] }))[0];
const ended = (reason: 'ended' | 'expired') => ({
  status: 401,
  response: { error: 'ended', reason, message: endedSentences[reason] },
});

/** Quotes and buys. @returns the id of the operation */
async function buy(): Promise<string> {
  const quoted = (await visitor.call('quote', ORDER)).response as { quote: { id: string } };
  const bought = await visitor.call('buy', { quoteId: quoted.quote.id });
  expect(bought).toMatchObject({ status: 200, response: { operation: { status: 'Created', targetAmount: '99' } } });
  return (bought.response as { operation: { id: string } }).operation.id;
}

test('a purchase made with a token appears in the API, and invalidating ends the session', async () => {
  const token = await core.token(olena.id);
  const { status, html } = await visitor.open(address(token));
  expect(status).toBe(200);
  expect(html).toContain('Олена Шевченко');

  const id = await buy();
  expect(await balance()).toEqual({ asset: 'USDT', balance: '0', holdBalance: '99' });
  await core.passes(5000);
  expect(await visitor.call('operation', { id })).toMatchObject({
    response: { operation: { status: 'Completed' }, wallet: { balances: [{ asset: 'USDT', balance: '99' }] } },
  });
  expect(await balance()).toEqual({ asset: 'USDT', balance: '99', holdBalance: '0' });
  const found = await core.data('/v2/operation/find', { walletId: olena.walletId });
  expect(found).toMatchObject([{ id, status: 'Completed', sourceAmount: '100', targetAmount: '99', fee: '1' }]);

  await core.data('/v2/ramp/invalidate', { customerId: olena.id });
  expect(await visitor.call('quote', ORDER)).toEqual(ended('ended'));
  const again = await visitor.open(address(token));
  expect([again.status, again.html]).toEqual([403, expect.stringContaining('<h1>Session ended</h1>')]);
});

test('an open widget ends when its token expires, and says so', async () => {
  await visitor.open(address(await core.token(olena.id)));
  const { quote } = (await visitor.call('quote', ORDER)).response as { quote: { id: string } };
  await core.passes(47 * 3600_000);
  expect(await visitor.call('buy', { quoteId: quote.id })).toEqual(ended('expired'));
  expect(await core.data('/v2/operation/find', {})).toEqual([]);
});

test("a session cannot see another customer's purchase", async () => {
  await visitor.open(address(await core.token(olena.id)));
  const id = await buy();
  const petro = await core.create(PETRO);
  await visitor.open(address(await core.token(petro.id)));
  expect((await visitor.call('operation', { id })).status).toBe(404);
});

test('HEAD does not use up a token that opens once', async () => {
  await core.control('POST', 'switches', { secondOpening: 'refused' });
  const query = address(await core.token(olena.id));
  const response = await visitor.fetch(`/?${query}`, { method: 'HEAD' });
  expect([response.status, await response.text()]).toEqual([200, '']);
  expect((await visitor.open(query)).status).toBe(200);
  expect((await visitor.open(query)).html).toContain(endedSentences['already-opened']);
});
