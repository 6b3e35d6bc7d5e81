import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenRefusal } from '../kunacore/widget-backend';
import { endedSentences } from './ended';
import { FakeBackend } from './fake-backend';
import { createWidgetServer } from './server';
import { Visitor } from './visitor';

const BY_TOKEN = 'institutionId=sample-institution&refreshToken=token-1';
const ORDER = { sourceAsset: 'UAH', sourceAmount: '1000', targetAsset: 'BTC' };

let backend: FakeBackend;
let visitor: Visitor;

beforeEach(async () => {
  backend = new FakeBackend();
  visitor = await Visitor.at(
    createWidgetServer({ backend, mail: { host: '127.0.0.1', port: 1, from: 'a@b.example' } }),
  );
});
afterEach(() => visitor.leave());

describe('opening by token', () => {
  it('sends KunaCore the browser’s user agent, and never shows the token', async () => {
    const { status, html, headers } = await visitor.open(BY_TOKEN);
    expect(status).toBe(200);
    expect(backend.opened).toEqual([
      { institutionId: 'sample-institution', refreshToken: 'token-1', userAgent: 'Browser/1' },
    ]);
    expect(html).not.toContain('token-1');
    expect(html).not.toContain('olena@example.com');
    expect(html).toContain('o•••@example.com');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('can be framed by any site, and runs only its own script', async () => {
    const { headers, html } = await visitor.open(BY_TOKEN);
    expect(headers.get('x-frame-options')).toBeNull();
    expect(headers.get('content-security-policy')).toMatch(/script-src 'self'; style-src 'self'/);
    expect(headers.get('content-security-policy')).not.toContain('frame-ancestors');
    expect(headers.get('set-cookie')).toBeNull();
    expect(html).toContain('Olena &lt;Kovalenko&gt;');
  });

  it.each(Object.keys(endedSentences).filter((reason) => reason !== 'unknown-institution') as OpenRefusal[])(
    'says "Session ended" and why: %s',
    async (reason) => {
      backend.refusal = reason;
      const { status, html } = await visitor.open(BY_TOKEN);
      expect(status).toBe(403);
      expect(html).toContain('<h1>Session ended</h1>');
      expect(html).toContain(endedSentences[reason]);
      expect(html).toContain('Return to your institution and choose Continue.');
    },
  );

  it.each(['institutionId=other', 'institutionId=other&refreshToken=token-1', 'institutionId='])(
    'reports an unknown institution: %s',
    async (query) => {
      const { status, html } = await visitor.open(query);
      expect(status).toBe(404);
      expect(html).toContain('<h1>Unknown institution</h1>');
      expect(backend.opened).toEqual([]);
    },
  );

  it.each([`/?${BY_TOKEN}`, '/', '/?institutionId=other'])(
    'answers HEAD without opening a session: %s',
    async (path) => {
      const response = await visitor.fetch(path, { method: 'HEAD' });
      expect([response.status, await response.text()]).toEqual([200, '']);
      expect(backend.opened).toEqual([]);
      expect((await visitor.fetch('/nothing', { method: 'HEAD' })).status).toBe(404);
    },
  );

  it('refuses POST', async () => {
    const response = await visitor.fetch(`/?${BY_TOKEN}`, { method: 'POST' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(backend.opened).toEqual([]);
  });
});

describe('buying', () => {
  beforeEach(() => visitor.open(BY_TOKEN));

  it('quotes, buys once for two clicks, and follows the operation to the new balance', async () => {
    const quoted = await visitor.call('quote', ORDER);
    expect(quoted).toMatchObject({ status: 200, response: { quote: { id: 'q-0', targetAmount: '0.5' } } });

    const clicks = [visitor.call('buy', { quoteId: 'q-0' }), visitor.call('buy', { quoteId: 'q-0' })];
    const [first, second] = await Promise.all(clicks);
    expect(first).toMatchObject({ status: 200, response: { operation: { id: 'o-q-0', status: 'Created' } } });
    expect(second).toEqual(first);
    expect(backend.operations).toHaveLength(1);

    backend.status = 'Completed';
    expect(await visitor.call('operation', { id: 'o-q-0' })).toMatchObject({
      status: 200,
      response: { operation: { status: 'Completed' }, wallet: { balances: [{ asset: 'BTC', balance: '0.5' }] } },
    });
  });

  it.each([
    ['1 000,50', '1000.50'],
    [' 99.5 ', '99.5'],
  ])('reads an amount as people write it: %j', async (typed, read) => {
    const { response } = await visitor.call('quote', { ...ORDER, sourceAmount: typed });
    expect(response).toMatchObject({ quote: { sourceAmount: read } });
  });

  it.each([
    [{ sourceAmount: '12x' }, { sourceAmount: 'Enter an amount, for example 500 or 99.50.' }],
    [{ sourceAmount: '1e3' }, { sourceAmount: 'Enter an amount, for example 500 or 99.50.' }],
    [{ sourceAmount: '-5' }, { sourceAmount: 'Enter an amount, for example 500 or 99.50.' }],
    [{ sourceAmount: '1.005' }, { sourceAmount: 'Enter an amount, for example 500 or 99.50.' }],
    [{ sourceAmount: 5 }, { sourceAmount: 'Enter an amount, for example 500 or 99.50.' }],
    [{ sourceAmount: '0.00' }, { sourceAmount: 'Enter an amount above zero.' }],
    [{ sourceAmount: '1' }, { sourceAmount: 'The least amount is 10 UAH.' }],
    [{ sourceAsset: 'BTC' }, { sourceAsset: 'This currency is not accepted.' }],
    [{ targetAsset: 'UAH' }, { targetAsset: 'This is not sold here.' }],
  ])('says which field is wrong: %j', async (wrong, fields) => {
    expect(await visitor.call('quote', { ...ORDER, ...wrong })).toEqual({
      status: 422,
      response: { error: 'fields', fields },
    });
  });

  it('requires a new quote when the old one has expired or is unknown', async () => {
    await visitor.call('quote', ORDER);
    backend.time += 30_000;
    for (const quoteId of ['q-0', 'q-9']) {
      const { status, response } = await visitor.call('buy', { quoteId });
      expect(status).toBe(409);
      expect(response).toMatchObject({ error: 'quote-expired' });
    }
    expect(backend.operations).toEqual([]);
  });

  it('answers every call with 401 once the session has ended', async () => {
    backend.over = 'expired';
    const calls = [
      ['quote', ORDER],
      ['buy', { quoteId: 'q-0' }],
      ['operation', { id: 'o-q-0' }],
    ] as const;
    for (const [path, body] of calls) {
      expect(await visitor.call(path, body)).toEqual({
        status: 401,
        response: { error: 'ended', reason: 'expired', message: endedSentences.expired },
      });
    }
  });
});

describe('calls that no page of the widget makes', () => {
  it('are refused', async () => {
    const { html } = await visitor.open(BY_TOKEN);
    const visit = /data-visit="([^"]*)"/.exec(html)?.[1] ?? '';
    expect((await visitor.call('quote', '{')).status).toBe(400);
    expect((await visitor.call('quote', '[]')).status).toBe(400);
    expect((await visitor.call('quote', ' '.repeat(9000))).status).toBe(413);
    expect((await visitor.call('operation', { id: 'unknown' })).status).toBe(404);
    expect((await visitor.call('nothing', {})).status).toBe(404);
    expect((await visitor.fetch('/api/quote')).status).toBe(405);
    const form = { method: 'POST', headers: { 'x-widget-visit': visit }, body: new URLSearchParams(ORDER) };
    expect((await visitor.fetch('/api/quote', form)).status).toBe(415);
    const json = { 'content-type': 'application/json' };
    expect((await visitor.fetch('/api/quote', { method: 'POST', headers: json, body: '{}' })).status).toBe(401);
  });

  it('can read the widget’s public files only', async () => {
    const script = await visitor.fetch('/widget.js');
    expect(script.status).toBe(200);
    expect(script.headers.get('content-type')).toContain('text/javascript');
    for (const path of ['/server.ts', '/..%2fserver.ts', '//server.ts', '/nothing']) {
      expect((await visitor.fetch(path)).status).toBe(404);
    }
  });
});
