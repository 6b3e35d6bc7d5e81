// What providers do, with which setting, and what comes of it: each row signs in at a real HTTP provider by the
// portal's own routes. docs/identity/README.md describes the settings. ASVS 5.0: 9.1.1 9.1.2 10.5.1 10.5.3

import { readdirSync, readFileSync } from 'node:fs';
import { calculateJwkThumbprint, exportJWK, exportPKCS8, generateKeyPair, type JWK, UnsecuredJWT } from 'jose';
import { NextRequest } from 'next/server';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { POST } from '@/app/api/auth/[...nextauth]/route';
import { type Config, parseConfig } from '@/lib/config/config';
import { ASYMMETRIC_ALGORITHMS } from '@/lib/config/oidc';
import { rateLimits, sessions } from '@/lib/db/schema';
import { log } from '@/lib/log/log';
import { HandlerBrowser } from '@/tests/next-request';
import {
  type Behaviour,
  type OpenIdProvider,
  type ProviderResponse,
  settingsFor,
  startOpenIdProvider,
} from '@/tests/openid-provider';
import { NO_LISTENER, type Portal, startPortal } from '@/tests/portal';
import { openCallback, startSignIn } from '@/tests/sign-in';

vi.mock('next/headers', () => import('@/tests/next-request'));
vi.mock('next-intl/server', () => import('@/tests/translations'));
vi.mock('@/lib/config/config', async (original) => {
  const real = await original<typeof import('@/lib/config/config')>();
  return { ...real, config: () => ({ ...real.config(), ...(oidc && { oidc }) }) };
});

const ORIGIN = 'http://localhost:3000';
const now = () => Math.floor(Date.now() / 1000);

let provider: OpenIdProvider;
let portal: Portal;
let browser: HandlerBrowser;
let oidc: Config['oidc'] = null;
let keys: Record<'RS256' | 'ES256' | 'EdDSA', { pem: string; jwk: string; registered: JWK[] }>;
/** The logged failures. */
let refusals: { reason: string; providerError?: string; number?: string }[];

beforeAll(async () => {
  provider = await startOpenIdProvider();
  portal = await startPortal({ apiUrl: NO_LISTENER, widgetUrl: `${NO_LISTENER}/` }, undefined, {
    NEXTAUTH_URL: ORIGIN,
    ...settingsFor(provider),
  });
  const made = (['RS256', 'ES256', 'EdDSA'] as const).map(async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const jwk = JSON.stringify({ ...(await exportJWK(privateKey)), kid: `client-${alg}` });
    const own = await exportJWK(publicKey);
    const registered = [await calculateJwkThumbprint(own), `client-${alg}`].map((kid) => ({ ...own, kid }));
    return [alg, { pem: await exportPKCS8(privateKey), jwk, registered }];
  });
  keys = Object.fromEntries(await Promise.all(made));
  vi.spyOn(log(), 'warn').mockImplementation((fields: unknown) => {
    const { event, ...rest } = fields as { event: string; reason: string };
    if (event === 'oidc_refused') refusals.push(rest);
  });
});
beforeEach(async () => {
  provider.reset();
  browser = new HandlerBrowser();
  refusals = [];
  await portal.empty();
  await portal.services.db.delete(rateLimits);
});
afterAll(async () => {
  provider?.close();
  await portal?.close();
});

/** One row of the matrix. */
interface Row {
  /** What the provider does. */
  provider: Partial<Behaviour> & { callsItself?: string };
  /** What it says about the person. */
  says?: ProviderResponse;
  /** Settings of the portal; the plain ones by default. */
  with?: Record<string, string>;
  /** `in`, or the error of the sign-in page with the logged reason. */
  outcome:
    | 'in'
    | `${'OAuthCancelled' | 'OAuthCallback' | 'OAuthSignin' | 'OAuthSetup' | 'EmailNotVerified' | 'EmailInvalid'}: ${string}`;
  /** Parameters of the authorisation request; null for one that must not be there. */
  requests?: Record<string, string | null>;
}

const IN = { outcome: 'in' } as const;
const lists = (...algs: string[]) => ({ id_token_signing_alg_values_supported: algs });
const signs = (alg: string, listed = [alg]) => ({ alg, metadata: lists(...listed) });
const secretless = (key: string) => ({ OIDC_CLIENT_SECRET: '', OIDC_PRIVATE_KEY: key });
const address = (email_verified: unknown, email = 'olena@example.test') => ({ email, email_verified });
const silent = { email: undefined, email_verified: undefined };

const ROWS: Record<string, Row> = {
  ...Object.fromEntries(
    ASYMMETRIC_ALGORITHMS.map((alg) => [`signs with ${alg} and lists it`, { provider: signs(alg), ...IN }]),
  ),
  'lists two algorithms and signs with the second': { provider: signs('ES256', ['RS256', 'ES256']), ...IN },
  'lists no algorithm and signs with RS256': {
    provider: { metadata: { id_token_signing_alg_values_supported: undefined } },
    ...IN,
  },
  'publishes keys without alg and use': {
    provider: { ...signs('PS256'), keys: (all) => all.map(({ alg, use, ...key }) => key) },
    ...IN,
  },
  'signs with an algorithm that it does not list': {
    provider: signs('ES256', ['RS256']),
    outcome: 'OAuthSetup: alg',
  },
  'signs with an algorithm that it does not list, but OIDC_ID_TOKEN_ALG does': {
    provider: signs('ES256', ['RS256']),
    with: { OIDC_ID_TOKEN_ALG: 'ES256' },
    ...IN,
  },
  'signs with another algorithm than OIDC_ID_TOKEN_ALG': {
    provider: signs('RS256', ['RS256', 'PS256']),
    with: { OIDC_ID_TOKEN_ALG: 'PS256' },
    outcome: 'OAuthSetup: alg',
  },
  'signs with the client secret and lists that': { provider: signs('HS256'), outcome: 'OAuthSetup: alg' },
  'signs with the client secret, as OIDC_ID_TOKEN_ALG says': {
    provider: signs('HS256'),
    with: { OIDC_ID_TOKEN_ALG: 'HS256' },
    ...IN,
  },
  'does not sign, and lists that': {
    provider: { metadata: lists('none', 'RS256') },
    says: { seal: (claims) => new UnsecuredJWT(claims).encode() },
    outcome: 'OAuthSetup: alg',
  },
  'has changed its keys': {
    provider: { keys: (all) => all.map((key) => ({ ...key, kid: 'newer' })) },
    outcome: 'OAuthSetup: keys',
  },

  'offers phone and address': {
    provider: { metadata: { scopes_supported: ['openid', 'email', 'profile', 'phone', 'address'] } },
    requests: { scope: 'openid email profile phone address' },
    ...IN,
  },
  'knows neither phone nor address (Google, Cognito)': {
    provider: {
      scopes: ['openid', 'email', 'profile'],
      metadata: { scopes_supported: ['openid', 'email', 'profile'] },
    },
    requests: { scope: 'openid email profile' },
    ...IN,
  },
  'does not say which scopes it knows': {
    provider: { scopes: ['openid', 'email', 'profile'] },
    requests: { scope: 'openid email profile' },
    ...IN,
  },
  'knows fewer scopes': { provider: { scopes: ['openid', 'email'] }, outcome: 'OAuthSetup: scope' },
  'knows fewer scopes, as OIDC_SCOPES says': {
    provider: { scopes: ['openid', 'email'] },
    with: { OIDC_SCOPES: 'openid email' },
    requests: { scope: 'openid email' },
    ...IN,
  },

  'asks nothing by default': { provider: {}, requests: { prompt: null, max_age: '43200' }, ...IN },
  'asks again, with OIDC_PROMPT=login': {
    provider: {},
    with: { OIDC_PROMPT: 'login' },
    requests: { prompt: 'login', max_age: '300' },
    ...IN,
  },
  'refuses prompt=login (Google)': {
    provider: { prompts: ['none'] },
    with: { OIDC_PROMPT: 'login' },
    outcome: 'OAuthSetup: request',
  },
  'refuses prompt=login, with OIDC_PROMPT=off': {
    provider: { prompts: ['none'] },
    with: { OIDC_PROMPT: 'off' },
    requests: { prompt: null, max_age: null },
    ...IN,
  },
  'lets people choose an account': {
    provider: {},
    with: { OIDC_PROMPT: 'select_account' },
    requests: { prompt: 'select_account', max_age: null },
    ...IN,
  },
  'does not send auth_time (Entra ID without the optional claim)': {
    provider: {},
    says: { token: { auth_time: undefined } },
    with: { OIDC_PROMPT: 'login' },
    outcome: 'OAuthSetup: auth-time',
  },
  'does not send auth_time, with OIDC_PROMPT=off': {
    provider: {},
    says: { token: { auth_time: undefined } },
    with: { OIDC_PROMPT: 'off' },
    ...IN,
  },

  'takes the secret in the body, and says so': {
    provider: {
      clientAuth: ['client_secret_post'],
      metadata: { token_endpoint_auth_methods_supported: ['client_secret_post'] },
    },
    ...IN,
  },
  'takes the secret in the body, and does not say so': {
    provider: { clientAuth: ['client_secret_post'] },
    outcome: 'OAuthSetup: client',
  },
  'takes the secret in the body, as OIDC_CLIENT_AUTH says': {
    provider: { clientAuth: ['client_secret_post'] },
    with: { OIDC_CLIENT_AUTH: 'client_secret_post' },
    ...IN,
  },
  'has another secret': { provider: {}, with: { OIDC_CLIENT_SECRET: 'wrong' }, outcome: 'OAuthSetup: client' },

  'sends the userinfo as a signed JWT (BankID, ProConnect, Keycloak)': { provider: { userinfo: 'jwt' }, ...IN },
  'signs the userinfo with ES256, too': { provider: { ...signs('ES256'), userinfo: 'jwt' }, ...IN },
  'signs the userinfo of another person': {
    provider: { userinfo: 'jwt' },
    says: { userinfo: { sub: 'ivan' } },
    outcome: 'OAuthSetup: subject',
  },
  'has no userinfo endpoint': {
    provider: { metadata: { userinfo_endpoint: undefined } },
    says: { token: address(true) },
    ...IN,
  },
  'answers for the userinfo with a page': { provider: { userinfo: 'html' }, outcome: 'OAuthSetup: userinfo' },

  'calls itself with a slash, OIDC_ISSUER without (Auth0)': { provider: { callsItself: '/' }, ...IN },
  'calls itself without a slash, OIDC_ISSUER with one': {
    provider: {},
    with: { OIDC_ISSUER: '/' },
    ...IN,
  },
  'calls itself otherwise': { provider: { callsItself: '/other' }, outcome: 'OAuthSetup: issuer' },
  'names an endpoint without TLS': {
    provider: { metadata: { token_endpoint: 'http://id.bank.example/token' } },
    outcome: 'OAuthSetup: metadata',
  },
  'answers with a form only (Apple)': {
    provider: { metadata: { response_modes_supported: ['form_post'] } },
    requests: { response_mode: 'form_post' },
    ...IN,
  },
  'answers with a query, too': {
    provider: { metadata: { response_modes_supported: ['query', 'form_post'] } },
    requests: { response_mode: null },
    ...IN,
  },

  'offers verified claims, with KYC_SOURCE=claims': {
    provider: { metadata: { verified_claims_supported: true, evidence_supported: ['document'] } },
    with: { KYC_SOURCE: 'claims' },
    requests: {
      claims: JSON.stringify({
        userinfo: {
          verified_claims: [
            {
              verification: {
                trust_framework: null,
                time: null,
                evidence: [{ type: { value: 'document' }, document_details: { document_number: null } }],
              },
              claims: { given_name: null, family_name: null, phone_number: null, address: null },
            },
            {
              verification: { trust_framework: null, time: null },
              claims: { given_name: null, family_name: null, phone_number: null, address: null },
            },
          ],
        },
      }),
    },
    ...IN,
  },
  'offers verified claims, with another KYC source': {
    provider: { metadata: { verified_claims_supported: true, evidence_supported: ['document'] } },
    with: { KYC_SOURCE: 'form' },
    requests: { claims: null },
    ...IN,
  },
  'does not announce verified claims, with KYC_SOURCE=claims': {
    provider: {},
    with: { KYC_SOURCE: 'claims' },
    requests: { claims: null },
    ...IN,
  },

  'has a clock 45 seconds ahead': {
    provider: {},
    says: { token: { iat: now() + 45, nbf: now() + 45, exp: now() + 345 } },
    ...IN,
  },
  'has a clock five minutes ahead': {
    provider: {},
    says: { token: { nbf: now() + 300 } },
    outcome: 'OAuthSetup: time',
  },
  'lets an ID token expire at once, with a clock 30 seconds behind': {
    provider: {},
    says: { token: { exp: now() - 5 } },
    ...IN,
  },

  'needs four seconds at every endpoint': {
    provider: {
      slow: {
        '/.well-known/openid-configuration': [4000],
        '/jwks': [4000],
        '/token': [4000],
        '/userinfo': [4000],
      },
    },
    ...IN,
  },
  'fails once at every endpoint that can be asked twice': {
    provider: {
      fails: Object.fromEntries(
        ['/.well-known/openid-configuration', '/jwks', '/userinfo'].map((endpoint) => [
          endpoint,
          [{ status: 503, error: 'temporarily_unavailable' }],
        ]),
      ),
    },
    ...IN,
  },
  'fails where a code is redeemed, which is never repeated': {
    provider: { fails: { '/token': [{ status: 503, error: 'server_error' }] } },
    outcome: 'OAuthSignin: provider-error',
  },
  'stays silent for ten seconds, and answers the next time': {
    provider: { slow: { '/jwks': [12_000] } },
    ...IN,
  },

  'says email_verified "true" as text (Cognito, Apple)': {
    provider: {},
    says: { token: address(true), userinfo: address('true') },
    ...IN,
  },
  'confirms the address in the token alone, in another spelling': {
    provider: {},
    says: { token: address(true, 'Olena@Example.test'), userinfo: address(undefined) },
    ...IN,
  },
  'confirms the address in one place and denies it in the other': {
    provider: {},
    says: { token: address(true), userinfo: address('false') },
    outcome: 'EmailNotVerified: email-trust',
  },
  'sends no email_verified (Entra ID)': {
    provider: {},
    says: { userinfo: address(undefined) },
    outcome: 'EmailNotVerified: email-trust',
  },
  'sends xms_edov, with OIDC_EMAIL_TRUST=xms_edov (Entra ID)': {
    provider: {},
    says: { token: { email: 'olena@example.test', xms_edov: '1' }, userinfo: silent },
    with: { OIDC_EMAIL_TRUST: 'xms_edov' },
    ...IN,
  },
  'sends xms_edov, without the setting': {
    provider: {},
    says: { token: { email: 'olena@example.test', xms_edov: true }, userinfo: silent },
    outcome: 'EmailNotVerified: email-trust',
  },
  'sends xms_edov for another address than the userinfo’s': {
    provider: {},
    says: { token: { email: 'olena@example.test', xms_edov: true }, userinfo: address(true, 'ivan@example.test') },
    with: { OIDC_EMAIL_TRUST: 'xms_edov' },
    outcome: 'EmailNotVerified: email-trust',
  },
  'vouches for every address, with OIDC_EMAIL_TRUST=issuer': {
    provider: {},
    says: { userinfo: address(undefined) },
    with: { OIDC_EMAIL_TRUST: 'issuer' },
    ...IN,
  },
  'sends no address': { provider: {}, says: { userinfo: silent }, outcome: 'EmailInvalid: email-missing' },
  'sends something else as address': {
    provider: {},
    says: { userinfo: address(true, 'olena') },
    outcome: 'EmailInvalid: email-invalid',
  },
};

describe('a provider that', () => {
  test.each(Object.entries(ROWS))('%s', async (_, row) => {
    const outcome = await signIn(row);
    expect(outcome).toBe(row.outcome);
    expect(await portal.services.db.$count(sessions)).toBe(row.outcome === 'in' ? 1 : 0);
  });

  test('is described by at least 24 rows, and every row that docs/identity names exists', () => {
    expect(Object.keys(ROWS).length).toBeGreaterThanOrEqual(24);
    // Glewlwyd is not imitated: `npm run --prefix verification glewlwyd` plays with it.
    const pages = readdirSync('docs/identity').filter((name) => !['README.md', 'glewlwyd.md'].includes(name));
    expect(pages.length).toBeGreaterThanOrEqual(7);
    for (const name of pages) {
      const [, section = ''] = readFileSync(`docs/identity/${name}`, 'utf8').split('## Imitated here');
      const rows = [...(section.split('\n## ')[0] ?? '').matchAll(/^- (.+)$/gm)].map(([, row = '']) => row);
      expect(rows.length, name).toBeGreaterThanOrEqual(5);
      expect(
        rows.filter((row) => !(row in ROWS)),
        name,
      ).toEqual([]);
    }
  });

  test.each(['RS256', 'ES256', 'EdDSA'] as const)(
    'accepts a client assertion signed with %s (private_key_jwt), the key as PEM or as JWK',
    async (alg) => {
      const { pem, jwk, registered } = keys[alg];
      const behaviour: Partial<Behaviour> = {
        clientAuth: ['private_key_jwt'],
        clientKeys: registered,
        metadata: { token_endpoint_auth_methods_supported: ['private_key_jwt'] },
      };
      for (const key of [pem, pem.replaceAll('\n', '\\n'), jwk]) {
        expect(await signIn({ provider: behaviour, with: secretless(key), ...IN })).toBe('in');
        browser = new HandlerBrowser();
      }
    },
  );

  test('knows another key refuses the client assertion', async () => {
    const behaviour: Partial<Behaviour> = {
      clientAuth: ['private_key_jwt'],
      clientKeys: keys.ES256.registered,
      metadata: { token_endpoint_auth_signing_alg_values_supported: ['PS256', 'ES256'] },
    };
    expect(await signIn({ provider: behaviour, with: secretless(keys.ES256.pem), ...IN })).toBe('in');
    expect(await signIn({ provider: behaviour, with: secretless(keys.RS256.pem), ...IN })).toBe('OAuthSetup: client');
  });
});

/** Signs in once. @returns what came of it, like a row's outcome. */
async function signIn({ provider: behaviour, says, requests = {}, with: settings = {} }: Row): Promise<string> {
  const { callsItself = '', ...rest } = behaviour;
  Object.assign(provider.behaviour, rest);
  provider.callsItself = provider.issuer + callsItself;
  const { OIDC_ISSUER: slash = '', ...others } = settings;
  oidc = parseConfig({ ...process.env, ...others, OIDC_ISSUER: provider.issuer + slash }).oidc;
  const started = await startSignIn(browser, ORIGIN);
  const asked = Object.keys(requests).map((name) => [name, started.searchParams.get(name)]);
  expect(Object.fromEntries(asked)).toEqual(requests);
  return outcomeOf(started.origin === ORIGIN ? started : await openCallback(browser, provider.respond(started, says)));
}

function outcomeOf(page: URL): string {
  const error = page.searchParams.get('error');
  return error ? `${error}: ${refusals.at(-1)?.reason}` : page.pathname === '/account' ? 'in' : page.href;
}

describe('what the provider sends back instead of an identity', () => {
  async function refusedWith(error: string, description = '') {
    oidc = null;
    const back = provider.respond(await startSignIn(browser, ORIGIN, '/account/buy'));
    const { searchParams } = back;
    searchParams.delete('code');
    searchParams.set('error', error);
    searchParams.set('error_description', description);
    const page = await openCallback(browser, back);
    expect(page.searchParams.get('callbackUrl')).toBe('/account/buy');
    return [page.searchParams.get('error'), refusals.at(-1)];
  }

  test.each([
    ['access_denied', 'OAuthCancelled', 'cancelled'],
    ['login_required', 'OAuthCancelled', 'interaction'],
    ['consent_required', 'OAuthCancelled', 'interaction'],
    ['invalid_scope', 'OAuthSetup', 'scope'],
    ['unauthorized_client', 'OAuthSetup', 'client'],
    ['invalid_request', 'OAuthSetup', 'request'],
    ['unsupported_response_type', 'OAuthSetup', 'request'],
    ['server_error', 'OAuthSignin', 'provider-error'],
    ['temporarily_unavailable', 'OAuthSignin', 'provider-error'],
  ])('%s leads to %s and is logged as %s', async (error, page, reason) => {
    expect(await refusedWith(error)).toEqual([page, { reason, providerError: error, number: undefined }]);
  });

  test('is logged in words of closed lists only, with Microsoft’s number', async () => {
    expect(await refusedWith('olena@example.test', 'the password of olena is 123')).toEqual([
      'OAuthSetup',
      { reason: 'request', providerError: 'other', number: undefined },
    ]);
    expect(await refusedWith('invalid_scope', "AADSTS650053: The application 'x' asked for scope 'phone'")).toEqual([
      'OAuthSetup',
      { reason: 'scope', providerError: 'invalid_scope', number: 'AADSTS650053' },
    ]);
  });
});

test('a form of the provider is led on, without its cookies, to the address that finishes the sign-in', async () => {
  oidc = null;
  const back = provider.respond(await startSignIn(browser, ORIGIN, '/account/buy'));
  // The browser sends no SameSite=Lax cookie with another site's form.
  const stranger = new HandlerBrowser();
  const form = new NextRequest(`${ORIGIN}${back.pathname}`, {
    method: 'POST',
    headers: { origin: provider.issuer },
    body: new URLSearchParams([...back.searchParams, ['callbackUrl', 'https://evil.example'], ['x', 'y']]),
  });
  const params = Promise.resolve({ nextauth: ['callback', 'oidc'] });
  const response = await stranger.call({}, () => POST(form, { params }));
  expect([response.status, [...stranger.cookies]]).toEqual([303, []]);
  const led = new URL(response.headers.get('location') ?? '');
  expect([...led.searchParams]).toEqual([...back.searchParams]);
  expect((await openCallback(browser, led)).pathname).toBe('/account/buy');
});
