// Real servers with TLS by an authority of a bank, behind a real proxy. No name server knows their names, so nothing
// that arrives there can have gone past the proxy. ASVS 5.0: 12.3.2 12.3.4 12.3.5 13.2.4 13.2.5
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { SMTPServer } from 'smtp-server';
import { getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { toOidc } from '@/lib/config/oidc';
import { keepConnectionsWarm } from '@/lib/http/warm-connections';
import { createKunaCoreClient } from '@/lib/kunacore/client';
import { httpSource } from '@/lib/kyc/http';
import { openTransport } from '@/lib/mail/transport';
import { createClient, discover } from '@/lib/sign-in/oidc-client';
import { CLIENT, SERVER, startTlsServer, useNetwork } from '@/tests/bank-network';
import { startEgressProxy } from '@/tests/egress-proxy';
import { closedPort, json } from '@/tests/kunacore-server';

const usual = getGlobalDispatcher();
afterEach(() => setGlobalDispatcher(usual));

const credentials = { kind: 'api-key', apiKey: 'key-1' } as const;
const token = { customerId: 'c-1', userAgent: 'a browser' };

/** Returns a client for `apiUrl`, over the network that the test has set. */
function kunacore(apiUrl: string) {
  keepConnectionsWarm();
  return createKunaCoreClient({ apiUrl, credentials, random: () => 0 });
}

const startKunaCore = (asks = false) =>
  startTlsServer((_request, response) => json(response, 201, { data: { token: 't' } }), asks);

async function startProxy(ports: Record<string, number>, login?: string) {
  const proxy = await startEgressProxy(ports, login);
  onTestFinished(() => proxy.close());
  return proxy;
}

/** Lets the test go out through the proxy. */
function useProxy(url: string, settings: Parameters<typeof useNetwork>[0] = {}) {
  useNetwork({ proxy: new URL(url), ...settings });
}

describe('KunaCore', () => {
  test('is reached through the proxy, which resolves its name, on one connection for two calls', async () => {
    const server = await startKunaCore();
    const proxy = await startProxy({ 'kuna.bank.test': server.port });
    useProxy(proxy.url);
    const client = kunacore('https://kuna.bank.test');
    await client.issueToken(token);
    await setImmediate(); // until the connection is back in the pool
    await client.issueToken(token);
    expect(proxy.targets).toEqual(['kuna.bank.test:443']);
    expect(server.connections).toBe(1);
  });

  test('is reached past the proxy where NO_PROXY or loopback says so', async () => {
    const server = await startKunaCore();
    const proxy = await startProxy({});
    useProxy(proxy.url);
    await kunacore(`https://localhost:${server.port}`).issueToken(token);
    useProxy(proxy.url, { noProxy: '.bank.test' });
    const direct = kunacore('https://kuna.bank.test').issueToken(token);
    await expect(direct).rejects.toMatchObject({ code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) });
    expect(proxy.targets).toEqual([]);
  });

  test('is reached through a proxy that asks for credentials', async () => {
    const server = await startKunaCore();
    const proxy = await startProxy({ 'kuna.bank.test': server.port }, 'portal:p@ss');
    useProxy(proxy.url.replace('//', '//portal:p%40ss@'));
    await kunacore('https://kuna.bank.test').issueToken(token);
    useProxy(proxy.url.replace('//', '//portal:wrong@'));
    const refused = kunacore('https://kuna.bank.test').issueToken(token);
    await expect(refused).rejects.toMatchObject({ code: 'PROXY_CREDENTIALS', mayHaveHappened: false });
  });

  test.each([200, 403, 502])('gets nothing when the proxy answers CONNECT with %i and a page', async (status) => {
    const server = await startKunaCore();
    const proxy = await startProxy({ 'kuna.bank.test': server.port });
    proxy.refusal = { status, body: '{"data":{"token":"of the proxy"}}' };
    useProxy(proxy.url);
    // With 200 the page stands where the server's TLS should begin.
    const code = status === 200 ? expect.stringMatching(/^(ERR_SSL|EPROTO|ECONN)/) : 'PROXY_REFUSED';
    await expect(kunacore('https://kuna.bank.test').issueToken(token)).rejects.toMatchObject({ code });
    expect(server.connections).toBe(0);
  });

  test('is unreachable with a code of its own while the proxy is down', async () => {
    useProxy(`http://127.0.0.1:${await closedPort()}`);
    const call = kunacore('https://kuna.bank.test').issueToken(token);
    await expect(call).rejects.toMatchObject({ code: 'PROXY_UNREACHABLE', mayHaveHappened: false });
  });

  test('is trusted by EXTRA_CA_CERTS, and by nothing else', async () => {
    const server = await startKunaCore();
    const url = `https://127.0.0.1:${server.port}`;
    useNetwork({});
    await kunacore(url).issueToken(token);
    useNetwork({ authorities: [] });
    await expect(kunacore(url).issueToken(token)).rejects.toMatchObject({ code: 'SELF_SIGNED_CERT_IN_CHAIN' });
  });

  test('sees the client certificate of its origin, through the proxy too', async () => {
    const server = await startKunaCore(true);
    const proxy = await startProxy({ 'kuna.bank.test': server.port, 'other.bank.test': server.port });
    useProxy(proxy.url, { keyPairs: new Map([['https://kuna.bank.test', CLIENT]]) });
    await kunacore('https://kuna.bank.test').issueToken(token);
    expect(server.clients).toEqual(['portal.bank.test']);
    await expect(kunacore('https://other.bank.test').issueToken(token)).rejects.toThrow();
    expect(server.clients).toHaveLength(1);
  });
});

test('the KYC service is reached through the proxy', async () => {
  const server = await startTlsServer((_request, response) => json(response, 404, {}));
  const proxy = await startProxy({ 'kyc.bank.test': server.port });
  useProxy(proxy.url);
  const settings = { url: 'https://kyc.bank.test/kyc', token: 't', tls: { cert: '', key: '', ca: '' } };
  const source = httpSource({ ...settings, institution: 'The Bank' }, pino({ level: 'silent' }));
  expect(await source.find({ subject: 'olena', email: 'olena@example.com', claims: {} })).toEqual({ state: 'none' });
  expect(proxy.targets).toEqual(['kyc.bank.test:443']);
});

describe('the identity provider', () => {
  const OIDC = {
    OIDC_ISSUER: 'https://id.bank.test',
    OIDC_CLIENT_ID: 'portal',
    OIDC_CLIENT_SECRET: '',
    OIDC_NAME: 'ID',
  };
  const oidc = (settings = {}) => {
    const config = toOidc({ ...OIDC, ...settings } as never, false);
    if (!config) throw new Error('no provider');
    return config;
  };
  const metadata = {
    issuer: 'https://id.bank.test',
    authorization_endpoint: 'https://id.bank.test/authorize',
    token_endpoint: 'https://id.bank.test/token',
    mtls_endpoint_aliases: { token_endpoint: 'https://mtls.bank.test/token' },
  };

  test('is reached through the proxy, and learns the client by its certificate at the alias', async () => {
    const server = await startTlsServer((_request, response) => json(response, 200, metadata));
    const bodies: string[] = [];
    const strict = await startTlsServer(async (request, response) => {
      for await (const chunk of request) bodies.push(String(chunk));
      json(response, 400, { error: 'invalid_grant' });
    }, true);
    const proxy = await startProxy({ 'id.bank.test': server.port, 'mtls.bank.test': strict.port });
    useProxy(proxy.url, { keyPairs: new Map([['https://id.bank.test', CLIENT]]) });
    const settings = oidc({ OIDC_CLIENT_AUTH: 'tls_client_auth' });
    const client = createClient(await discover(settings), settings, 'https://portal.test/callback');
    await expect(client.grant({ grant_type: 'authorization_code', code: 'c' })).rejects.toThrow('invalid_grant');
    expect(strict.clients).toEqual(['portal.bank.test']);
    expect(bodies.join('')).toContain('client_id=portal');
    expect(proxy.targets).toEqual(['id.bank.test:443', 'mtls.bank.test:443']);
  });

  test('is unreachable while the proxy refuses', async () => {
    const proxy = await startProxy({});
    proxy.refusal = { status: 407, body: '<p>Who are you?</p>' };
    useProxy(proxy.url);
    await expect(discover(oidc())).rejects.toMatchObject({ reason: 'unreachable' });
  });
});

describe('the mail server', () => {
  let received = 0;
  beforeEach(() => {
    received = 0;
  });

  async function startMail(secure: boolean): Promise<number> {
    const server = new SMTPServer({
      ...{ key: SERVER, cert: SERVER, secure, authOptional: true, disableReverseLookup: true },
      onData(stream, _session, done) {
        received += 1;
        stream.resume().on('end', done);
      },
    });
    server.on('error', () => {});
    const listening = server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    onTestFinished(() => void server.close());
    return (listening.address() as AddressInfo).port;
  }
  const send = (server: string) =>
    openTransport({ server, from: 'bank@bank.test' }).sendMail({ to: 'a@example.test', subject: 's', text: 't' });

  test.each([
    ['smtps', 'smtps://mail.bank.test', 465],
    ['STARTTLS', 'smtp://mail.bank.test?requireTLS=true', 587],
  ])('is reached through the proxy with %s, and trusted by EXTRA_CA_CERTS', async (kind, server, port) => {
    const proxy = await startProxy({ 'mail.bank.test': await startMail(kind === 'smtps') });
    useProxy(proxy.url);
    await send(server);
    expect(received).toBe(1);
    expect(proxy.targets).toEqual([`mail.bank.test:${port}`]);
    useProxy(proxy.url, { authorities: [] });
    await expect(send(server)).rejects.toThrow(/certificate/);
    expect(received).toBe(1);
  });

  test('takes nothing while the proxy refuses', async () => {
    const proxy = await startProxy({});
    useProxy(proxy.url);
    await expect(send('smtps://mail.bank.test')).rejects.toMatchObject({ code: 'PROXY_REFUSED' });
  });
});
