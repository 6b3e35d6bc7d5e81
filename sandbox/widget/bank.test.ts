import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Payments } from '../bank/payments';
import { createBankServer } from '../bank/server';
import { FakeBackend } from './fake-backend';
import { createWidgetServer } from './server';
import { Visitor } from './visitor';

const BY_TOKEN = 'institutionId=sample-institution&refreshToken=token-1';
const ORDER = { sourceAsset: 'UAH', sourceAmount: '1000', targetAsset: 'BTC' };

let backend: FakeBackend;
let visitor: Visitor;
let bank: Server;
let origin: string;

beforeEach(async () => {
  backend = new FakeBackend();
  const payments = new Payments();
  bank = createBankServer({ payments, publicHost: '127.0.0.1', widgetOrigin: 'http://127.0.0.1:1' });
  await once(bank.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${(bank.address() as AddressInfo).port}`;
  const mail = { host: '127.0.0.1', port: 1, from: 'a@b.example' };
  visitor = await Visitor.at(createWidgetServer({ backend, mail, bank: { payments, origin } }));
});
afterEach(async () => {
  bank.close();
  await visitor.leave();
});

async function beginPayment(): Promise<{ id: string; page: string; address: string }> {
  await visitor.open(BY_TOKEN);
  const { response } = await visitor.call('quote', ORDER);
  const { quote } = response as { quote: { id: string } };
  const bought = await visitor.call('buy', { quoteId: quote.id });
  return (bought.response as { payment: { id: string; page: string; address: string } }).payment;
}

const decide = (id: string, decision: string) =>
  fetch(`${origin}/confirm`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ payment: id, decision }),
  });
const statusOf = async (id: string) => (await visitor.call('payment', { id })).response;

describe.each(['nested', 'pop-up', 'own-navigation'] as const)('the bank’s page: %s', (page) => {
  beforeEach(() => {
    backend.page = page;
  });

  test('buys only after the person has confirmed at the bank', async () => {
    const { id, address, page: shown } = await beginPayment();
    expect(shown).toBe(page);
    expect(await (await fetch(address)).text()).toContain('1000 UAH');
    expect(await statusOf(id)).toEqual({ status: 'waiting' });
    expect(backend.operations).toHaveLength(0);
    const decided = await decide(id, 'confirmed');
    if (page === 'own-navigation')
      expect(decided.headers.get('location')).toBe(`http://127.0.0.1:1/return?payment=${id}`);
    else expect(await decided.text()).toContain('Return to KUNA');
    expect(await statusOf(id)).toMatchObject({ status: 'confirmed', operation: { sourceAmount: '1000' } });
    expect(backend.operations).toHaveLength(1);
  });

  test('buys nothing after a refusal, and keeps the first decision', async () => {
    const { id } = await beginPayment();
    await decide(id, 'refused');
    await decide(id, 'confirmed');
    expect(await statusOf(id)).toEqual({ status: 'refused' });
    expect(backend.operations).toHaveLength(0);
  });

  test('keeps the price while the person is at the bank', async () => {
    const { id } = await beginPayment();
    backend.time += 120_000;
    await decide(id, 'confirmed');
    expect(await statusOf(id)).toMatchObject({ status: 'confirmed', operation: {} });
  });

  test('hides a payment from another document', async () => {
    const { id } = await beginPayment();
    await visitor.open(BY_TOKEN);
    expect((await visitor.call('payment', { id })).status).toBe(404);
  });
});

test('a returned payment continues its visit once', async () => {
  backend.page = 'own-navigation';
  const { id } = await beginPayment();
  expect((await visitor.fetch(`/return?payment=${id}`)).status).toBe(403);
  await decide(id, 'confirmed');
  const returned = await visitor.fetch(`/return?payment=${id}`);
  expect(returned.status).toBe(200);
  expect(await returned.text()).toContain('&quot;step&quot;:&quot;operation&quot;');
  expect((await visitor.fetch(`/return?payment=${id}`)).status).toBe(403);
});

test('the bank isolates its window, and knows no other payments', async () => {
  const unknown = await fetch(`${origin}/confirm?payment=none`);
  expect(unknown.status).toBe(404);
  expect(unknown.headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect((await decide('none', 'confirmed')).status).toBe(404);
  expect((await fetch(`${origin}/confirm`, { method: 'POST', body: 'x'.repeat(5000) })).status).toBe(404);
});

test('widget and bank speak Ukrainian to browsers that prefer it', async () => {
  backend.page = 'nested';
  const { address } = await beginPayment();
  const headers = { 'accept-language': 'uk-UA,uk;q=0.9,en;q=0.8' };
  const widget = await (await visitor.fetch(`/?${BY_TOKEN}`, { headers })).text();
  expect(widget).toContain('<html lang="uk">');
  expect(widget).toContain('Дізнатися ціну');
  expect(widget).toContain('Україна');
  // Everything that people read is translated, except names, codes and their own data.
  const body = widget.slice(widget.indexOf('<body>')).replace(/<option[\s\S]*?<\/option>/g, '');
  const english = [...body.matchAll(/>\s*([A-Z][a-z]+ [^<>]*?)\s*</g)].map(([, text]) => text);
  expect(english).toEqual([]);
  expect(await (await fetch(address, { headers })).text()).toContain('Підтвердити платіж');
  const both = { 'accept-language': 'en-GB,en;q=0.9,uk;q=0.8' };
  expect(await (await visitor.fetch(`/?${BY_TOKEN}`, { headers: both })).text()).toContain('Get quote');
});
