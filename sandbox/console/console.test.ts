import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createIdentityProvider } from '../identity/provider';
import { createKunaCore } from '../kunacore/kunacore';
import { CREDENTIALS, INSTITUTION, KEY, OLENA } from '../kunacore/test-kunacore';
import { KycService } from '../kyc/server';
import { MailStore } from '../mailbox/mail-store';
import { createConsole } from './console';
import { PRESETS } from './failures';
import { PAGES } from './layout';

const kyc = new KycService();
const links = {
  portal: 'http://localhost:1',
  widget: 'http://w.test',
  bank: 'http://b.test',
  mailbox: 'http://m.test',
};
const identity = createIdentityProvider({
  issuer: 'http://127.0.0.1:1',
  clientId: 'c',
  clientSecret: 's',
  portalUrls: [],
});
const kunacore = createKunaCore({
  ...CREDENTIALS,
  institutionId: INSTITUTION,
  pages: (services) =>
    createConsole({ kunacore: services, bankSessions: identity.sessions, kyc, mails: new MailStore(), links }),
});
const server: Server = kunacore.server;
let address: string;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => kunacore.close());
beforeEach(() => press('/reset'));

/** Sends a form. @returns the page on which the browser arrives. */
async function press(path: string, fields: Record<string, string> = {}): Promise<string> {
  const response = await fetch(address + path, { method: 'POST', body: new URLSearchParams(fields) });
  expect(response.status).toBe(200);
  return response.text();
}

const page = async (path: string, language = 'en') =>
  (await fetch(address + path, { headers: { 'accept-language': language } })).text();

/** Calls the API as the portal does. @returns status and data. */
async function call(path: string, body: object) {
  const headers = { ...KEY, 'content-type': 'application/json' };
  const response = await fetch(address + path, { method: 'POST', headers, body: JSON.stringify(body) });
  const { data } = (await response.json().catch(() => ({}))) as { data?: Record<string, unknown> };
  return { status: response.status, data };
}

async function createOlena(): Promise<string> {
  const { data } = await call('/v2/customer/create', { ...OLENA, email: 'olena.kovalenko@example.com' });
  return String(data?.id);
}

const pressed = (html: string) => [...html.matchAll(/aria-pressed="true">([^<]+)</g)].map(([, label]) => label);

describe('people', () => {
  test('are the sample customers, then those whom only KunaCore knows', async () => {
    await call('/v2/customer/create', { ...OLENA, firstName: '<b>Ada' });
    const html = await page('/');
    const names = [...html.matchAll(/<h2>([^<]+)</g)].map(([, name]) => name);
    expect(names[0]).toBe('Olena Kovalenko');
    expect(names.at(-1)).toBe('&lt;b&gt;Ada Шевченко');
  });

  test('get the status that was pressed, and the page says so once', async () => {
    const id = await createOlena();
    const html = await press('/people/wallet', { id, key: 'olena-kovalenko', status: 'Blocked' });
    expect(html).toContain('The wallet status is changed.');
    expect(await page('/')).not.toContain('The wallet status is changed.');
    expect(pressed(html)).toContain('Blocked');
    await press('/people/verification', { id, key: 'olena-kovalenko', status: 'PENDING' });
    const { data } = await call('/v2/customer/details', { id });
    expect(data).toMatchObject({ walletStatus: 'Blocked', verificationStatus: 'PENDING' });
  });

  test('lose their live tokens', async () => {
    const id = await createOlena();
    await call('/v2/ramp/token', { customerId: id, userAgent: 'Browser/1' });
    expect(await page('/')).toContain('Live tokens: 1');
    expect(await press('/people/tokens', { id, key: 'olena-kovalenko' })).not.toContain('Live tokens');
  });

  test('can be created by another system, once', async () => {
    await press('/people/foreign', { key: 'maksym-bondar' });
    expect(await press('/people/foreign', { key: 'maksym-bondar' })).toContain('A customer with this e-mail exists');
    const { data } = await call('/v2/customer/find', { email: 'maksym.bondar@example.com' });
    expect(data).toMatchObject([{ externalId: 'another-system' }]);
  });

  test('become known and unknown to the identity check', async () => {
    await press('/people/kyc', { key: 'giulia-rossi', record: 'known' });
    expect(kyc.find('giulia-rossi')?.fields.country).toMatchObject({ value: 'IT' });
    await press('/people/kyc', { key: 'olena-kovalenko', record: 'unknown' });
    expect(kyc.find('olena-kovalenko')).toBeUndefined();
  });
});

describe('purchases', () => {
  test('are made with the chosen status, which can be changed at any age', async () => {
    const customer = await createOlena();
    const form = { customer, amount: '1000', source: 'UAH', target: 'BTC', outcome: 'OnHold' };
    const html = await press('/purchases/create', form);
    expect(pressed(html)).toEqual(['On hold']);
    const id = /name="id" value="([^"]+)"/.exec(html)?.[1] ?? '';
    await press('/purchases/decide', { id, outcome: 'Declined' });
    expect((await call('/v2/operation/details', { id })).data).toMatchObject([{ status: 'Declined' }]);
    await press('/purchases/decide', { id, outcome: 'Completed' });
    expect((await call('/v2/operation/details', { id })).data).toMatchObject([{ status: 'Completed' }]);
    expect(await page('/')).toMatch(/<b>0\.\d+ BTC<\/b>/);
  });

  test('of an impossible amount are refused with the reason', async () => {
    const customer = await createOlena();
    const form = { customer, amount: '0.01', source: 'UAH', target: 'BTC', outcome: 'Completed' };
    expect(await press('/purchases/create', form)).toContain('The least you can buy for');
  });
});

describe('failures', () => {
  test.each(Object.keys(PRESETS).filter((name) => name !== 'works'))(
    '"%s" is set, shown and lifted',
    async (preset) => {
      const html = await press('/failures/preset', { preset });
      expect(pressed(html)).toContain(PRESETS[preset]?.label);
      await press('/failures/preset', { preset: 'works' });
      expect((await call('/v2/customer/find', {})).status).toBe(201);
    },
  );

  test('of your own act with kind, share and count', async () => {
    const form = { endpoint: '/v2/customer/find', kind: 'status', value: '418', share: '100', count: '1' };
    expect(await press('/failures/add', form)).toContain('/v2/customer/find status 418 × 1');
    expect((await call('/v2/customer/find', {})).status).toBe(418);
    expect((await call('/v2/customer/find', {})).status).toBe(201);
  });

  test('of the identity check and the clock are set', async () => {
    await press('/failures/kyc', { mode: 'down' });
    expect(kyc.manners.mode).toBe('down');
    expect(pressed(await press('/failures/clock', { offset: '3600000' }))).toContain('1 hour ahead');
  });
});

test('every switch has a control, and each of its values can be set', async () => {
  const html = await page('/answers');
  const rows = html.split('<li ').slice(1);
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) {
    const name = /name="name" value="(\w+)"/.exec(row)?.[1] ?? '';
    for (const [, value = ''] of row.matchAll(/name="value" value="([^"]+)"/g)) {
      const after = await press('/answers/set', { name, value });
      const own = after.split('<li ').find((one) => one.includes(`value="${name}"`)) ?? '';
      expect(pressed(own), `${name} ${value}`).toEqual([value]);
    }
  }
});

test.each([
  ['/people/wallet', { id: 'x', key: 'x', status: 'Melted' }],
  ['/failures/add', { endpoint: '*', kind: 'status', value: '9', share: '100', count: '' }],
  ['/answers/set', { name: 'successCode', value: '204' }],
  ['/purchases/decide', {}],
])('%s with %j changes nothing and says so', async (path, fields) => {
  expect(await press(path, fields)).toContain('Check what you entered.');
});

test.each(Object.keys(PAGES))('%s has no English text left in Ukrainian', async (path) => {
  await createOlena();
  const html = await page(path, 'uk');
  expect(html).toContain('<html lang="uk">');
  const main = html.replace(/<(style|code|svg|title)\b[\s\S]*?<\/\1>/g, '').replace(/<[^>]+>/g, '\n');
  const english = main.split('\n').filter((text) => /[a-z]{3,} [a-z]{2,}/.test(text));
  expect(english).toEqual([]);
});

test('other sites can neither read nor press', async () => {
  const headers = { 'sec-fetch-site': 'cross-site' };
  expect((await fetch(`${address}/reset`, { method: 'POST', headers })).status).toBe(403);
});
