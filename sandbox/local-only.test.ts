import { once } from 'node:events';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Payments } from './bank/payments';
import { createBankServer } from './bank/server';
import { createIdentityProvider } from './identity/provider';
import { createKunaCore } from './kunacore/kunacore';
import { CREDENTIALS, INSTITUTION } from './kunacore/test-kunacore';
import { createKycServer } from './kyc/server';
import { withoutOtherSites } from './local-only';
import { createMailbox } from './mailbox/mailbox';
import { FakeBackend } from './widget/fake-backend';
import { createWidgetServer } from './widget/server';

const servers: Record<string, Server> = {
  control: createKunaCore({ ...CREDENTIALS, institutionId: INSTITUTION }).server,
  mailbox: createMailbox().web,
  kyc: createKycServer({ token: 't' }),
  bank: createBankServer({ payments: new Payments(), publicHost: '127.0.0.1', widgetOrigin: 'http://127.0.0.1:1' }),
  widget: createWidgetServer({
    backend: new FakeBackend(),
    mail: { host: '127.0.0.1', port: 1, from: 'a@b.example' },
    welcome: { institutionId: 'sample-institution', portalUrls: ['http://localhost:3000'] },
  }),
  'identity provider': createIdentityProvider({
    issuer: 'http://127.0.0.1:1',
    clientId: 'c',
    clientSecret: 's',
    portalUrls: ['http://localhost:3000'],
  }).server,
  bare: createServer(withoutOtherSites((_request, response) => response.end('own'), 'sandbox.internal')),
};
beforeAll(async () => {
  for (const server of Object.values(servers)) await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  for (const server of Object.values(servers)) server.close();
});

function portOf(name: string): number {
  const address = servers[name]?.address() as AddressInfo | null;
  return address?.port ?? 0;
}

/** Sends a request with a chosen Host, which Node's fetch does not allow. */
async function statusOf(name: string, method: string, path: string, headers: OutgoingHttpHeaders): Promise<number> {
  const outgoing = request({ port: portOf(name), host: '127.0.0.1', method, path, headers, agent: false });
  outgoing.end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode ?? 0;
}

const PATHS: [string, string, string][] = [
  ['control', 'GET', '/__control/customers'],
  ['control', 'POST', '/__control/reset'],
  ['control', 'DELETE', '/__control/calls'],
  ['mailbox', 'GET', '/api/mails'],
  ['mailbox', 'GET', '/'],
  ['mailbox', 'DELETE', '/api/mails'],
  ['identity provider', 'GET', '/'],
  ['widget', 'GET', '/'],
];

describe.each(PATHS)('%s: %s %s', (name, method, path) => {
  const statusWith = (headers: OutgoingHttpHeaders) => statusOf(name, method, path, headers);

  test('answers programs and its own pages', async () => {
    const host = `127.0.0.1:${portOf(name)}`;
    for (const own of [
      {},
      { host: `localhost:${portOf(name)}` },
      { host: `[::1]:${portOf(name)}` },
      { host, origin: `http://${host}` },
      { host, origin: 'null', 'sec-fetch-site': 'same-origin' },
    ])
      expect([200, 204], JSON.stringify(own)).toContain(await statusWith(own));
  });

  test('refuses a host name that another site pointed at this machine', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${portOf(name)}`,
      'localhost.evil.example',
      '127.0.0.1.nip.example',
    ])
      expect(await statusWith({ host }), host).toBe(403);
  });
});

describe.each(PATHS.filter(([, method]) => method !== 'GET'))('%s: %s %s', (name, method, path) => {
  test('refuses requests from pages of other sites', async () => {
    const host = `127.0.0.1:${portOf(name)}`;
    for (const other of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1:1' },
      { origin: `http://${host}`, 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'cross-site' },
    ])
      expect(await statusOf(name, method, path, { host, ...other }), JSON.stringify(other)).toBe(403);
  });
});

test("the API answers under any host name to a request with the institution's key", async () => {
  const headers = { host: 'kunacore.internal', 'api-key': CREDENTIALS.apiKey };
  expect(await statusOf('control', 'GET', '/v2/rate/equivalent', headers)).toBe(201);
});

test('another spelling of a control path is refused as well', async () => {
  for (const path of ['/%5f_control/reset', '/./__control/reset', '/x/../__control/reset', '//__control/reset'])
    expect([403, 404], path).toContain(await statusOf('control', 'POST', path, { host: 'evil.example' }));
});

test('the configured host name is accepted, and any other name is refused', async () => {
  expect(await statusOf('bare', 'GET', '/', { host: 'sandbox.internal:4013' })).toBe(200);
  await fc.assert(
    fc.asyncProperty(fc.domain(), async (host) => {
      expect(await statusOf('bare', 'GET', '/', { host })).toBe(403);
    }),
    { numRuns: 50 },
  );
});

test('the bare addresses of widget and API explain themselves, and link to the next step', async () => {
  const widget = `http://127.0.0.1:${portOf('widget')}`;
  const page = await (await fetch(widget)).text();
  const links = [...page.matchAll(/href="([^"]+)"/g)]
    .map(([, link = '']) => link)
    .filter((link) => !link.startsWith('data:'));
  expect(links).toEqual(['http://localhost:3000', '/?institutionId=sample-institution']);
  expect((await fetch(`${widget}/?institutionId=sample-institution`)).status).toBe(200);
  expect((await fetch(`${widget}/?refreshToken=x`)).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${portOf('control')}/`)).status).toBe(200);
});
