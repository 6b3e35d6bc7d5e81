// The portal's sign-in at the sandbox's provider, which is a certified library's (oidc-provider), with its switches.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportPKCS8, generateKeyPair } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Config, parseConfig } from '@/lib/config/config';
import { type PrivateKey, publicKey, toPrivateKey } from '@/lib/config/oidc';
import { rateLimits, users } from '@/lib/db/schema';
import { findUser } from '@/lib/users/find';
import { createIdentityProvider } from '@/sandbox/identity/provider';
import { identitySwitches } from '@/sandbox/identity/switches';
import { HandlerBrowser } from '@/tests/next-request';
import { NO_LISTENER, type Portal, startPortal } from '@/tests/portal';
import { openCallback, startSignIn } from '@/tests/sign-in';

vi.mock('next/headers', () => import('@/tests/next-request'));
vi.mock('next-intl/server', () => import('@/tests/translations'));
vi.mock('@/lib/config/config', async (original) => {
  const real = await original<typeof import('@/lib/config/config')>();
  return { ...real, config: () => ({ ...real.config(), oidc }) };
});

const ORIGIN = 'http://localhost:3000';
const CLIENT = { clientId: 'partner-portal', clientSecret: 'a-client-secret-of-more-than-32-characters' };

let portal: Portal;
let oidc: Config['oidc'] = null;
let key: { pem: string; jwk: object };
const servers: Server[] = [];

beforeAll(async () => {
  portal = await startPortal({ apiUrl: NO_LISTENER, widgetUrl: `${NO_LISTENER}/` }, undefined, {
    NEXTAUTH_URL: ORIGIN,
    OIDC_CLIENT_ID: CLIENT.clientId,
    OIDC_CLIENT_SECRET: CLIENT.clientSecret,
  });
  const pem = await exportPKCS8((await generateKeyPair('ES256', { extractable: true })).privateKey);
  // Registered as `npm run check:oidc` prints it.
  key = { pem, jwk: publicKey(toPrivateKey(pem) as PrivateKey) };
});
beforeEach(async () => {
  await portal.empty();
  await portal.services.db.delete(rateLimits);
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => portal?.close());

test.each<[string, object, Record<string, string>, string]>([
  ['is plain', {}, {}, 'in'],
  ['signs with PS256', { alg: 'PS256' }, {}, 'in'],
  ['signs with ES256', { alg: 'ES256' }, {}, 'in'],
  ['signs with EdDSA', { alg: 'EdDSA' }, {}, 'in'],
  ['signs the userinfo, too', { alg: 'ES256', userinfo: 'jwt' }, {}, 'in'],
  ['offers fewer scopes', { scopes: ['email', 'profile'] }, {}, 'in'],
  ['confirms addresses by text', { email: 'as-text' }, {}, 'in'],
  ['confirms no address', { email: 'silent' }, {}, 'EmailNotVerified'],
  ['confirms no address, but the institution trusts it', { email: 'silent' }, { OIDC_EMAIL_TRUST: 'issuer' }, 'in'],
  ['sends xms_edov', { email: 'edov' }, { OIDC_EMAIL_TRUST: 'xms_edov' }, 'in'],
  ['sends xms_edov, which does not count', { email: 'edov' }, {}, 'EmailNotVerified'],
  ['sends no address', { email: 'none' }, {}, 'EmailInvalid'],
  ['wants a signed client assertion', { clientKey: 'ours' }, { OIDC_PRIVATE_KEY: 'ours' }, 'in'],
  ['wants a signed client assertion, and gets the secret', { clientKey: 'ours' }, {}, 'OAuthSetup'],
  ['needs a second', { slowMs: 1000 }, {}, 'in'],
])('a provider that %s', async (_, switches, settings, outcome) => {
  const ours = 'clientKey' in switches ? { ...switches, clientKey: key.jwk } : switches;
  const issuer = await startProvider(ours);
  const own = settings.OIDC_PRIVATE_KEY ? { OIDC_PRIVATE_KEY: key.pem, OIDC_CLIENT_SECRET: '' } : settings;
  oidc = parseConfig({ ...process.env, OIDC_ISSUER: issuer, ...own }).oidc;
  const browser = new HandlerBrowser();
  const back = await chooseOlena(await startSignIn(browser, ORIGIN));
  const page = await openCallback(browser, back);
  expect(page.searchParams.get('error') ?? (page.pathname === '/account' ? 'in' : page.href)).toBe(outcome);
  expect(await portal.services.db.$count(users)).toBe(outcome === 'in' ? 1 : 0);
  const olena = await findUser(portal.services, 'olena.kovalenko@example.com');
  expect(olena !== null).toBe(outcome === 'in');
});

async function startProvider(switches: object): Promise<string> {
  // The issuer holds the port, so the port is found first.
  const { server: probe } = createIdentityProvider({ issuer: 'http://127.0.0.1:1', ...CLIENT, portalUrls: [ORIGIN] });
  await once(probe.listen(0, '127.0.0.1'), 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  const issuer = `http://127.0.0.1:${port}`;
  const options = { issuer, ...CLIENT, portalUrls: [ORIGIN], switches: identitySwitches.parse(switches) };
  const { server } = createIdentityProvider(options);
  servers.push(server);
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return issuer;
}

/** Signs in at the provider's page. @returns where the provider leads the browser. */
async function chooseOlena(started: URL): Promise<URL> {
  const cookies = new Map<string, string>();
  let next = started;
  let body: URLSearchParams | undefined;
  for (let step = 0; step < 6 && next.origin !== ORIGIN; step += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const origin = next.origin;
    const response = await fetch(next, {
      redirect: 'manual',
      headers: { cookie, origin },
      ...(body && { method: 'POST', body }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    body = location ? undefined : new URLSearchParams({ sub: 'olena-kovalenko' });
    next = new URL(location ?? next, next);
  }
  return next;
}
