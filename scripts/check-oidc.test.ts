// npm run check:oidc against a provider with one fault at a time: it names the reason and the remedy of each.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { parseEnv } from 'node:util';
import { exportPKCS8, generateKeyPair } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ConfigError, parseConfig } from '@/lib/config/config';
import { OIDC_REASONS } from '@/lib/sign-in/oidc-failure';
import {
  type Behaviour,
  CLIENT_ID,
  CLIENT_SECRET,
  type OpenIdProvider,
  startOpenIdProvider,
} from '@/tests/openid-provider';
import { checkOidc } from './oidc-checks';
import { REASONS } from './oidc-reasons';

const ORIGIN = 'http://localhost:3000';
const REDIRECT = `${ORIGIN}/api/auth/callback/oidc`;
const SAMPLE = parseEnv(readFileSync('.env.example', 'utf8'));

let provider: OpenIdProvider;
let rsaKey: string;

beforeAll(async () => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  [provider, rsaKey] = await Promise.all([startOpenIdProvider(), exportPKCS8(privateKey)]);
});
beforeEach(() => provider.reset());
afterAll(() => provider?.close());

interface Fault {
  settings?: Record<string, string>;
  provider?: Partial<Behaviour> & { callsItself?: string };
  /** What the report says of it, and how to cure it. */
  names: RegExp;
  remedy: RegExp;
  /** It may stop people from signing in, but need not. */
  kind?: 'note';
}

const metadata = (changed: Record<string, unknown>) => ({ provider: { metadata: changed } });
const discoveryFails = (status: number, error = 'x') => ({
  provider: { fails: { '/.well-known/openid-configuration': Array(2).fill({ status, error }) } },
});

const FAULTS: Record<string, Fault> = {
  'a host where nobody listens': {
    settings: { OIDC_ISSUER: 'http://127.0.0.1:2' },
    names: /unreachable/,
    remedy: /OIDC_ISSUER, DNS and the firewall/,
  },
  'a path without metadata': {
    settings: { OIDC_ISSUER: '/realms/none' },
    names: /realms\/none.*\(metadata\)/,
    remedy: /openid-configuration is appended/,
  },
  'a provider that is down': {
    ...discoveryFails(503),
    names: /provider-error/,
    remedy: /provider's log/,
  },
  'another name of the issuer': {
    provider: { callsItself: '/tenant' },
    names: /\(issuer\); it says "http.*\/tenant"/,
    remedy: /set OIDC_ISSUER to the issuer/,
  },
  'an endpoint without TLS': {
    ...metadata({ token_endpoint: 'http://id.bank.example/token' }),
    names: /\(metadata\)/,
    remedy: /OIDC_ISSUER must be the address/,
  },
  'no code flow': {
    ...metadata({ response_types_supported: ['id_token'] }),
    names: /response type code/,
    remedy: /authorisation code flow/,
  },
  'no PKCE with S256': {
    ...metadata({ code_challenge_methods_supported: ['plain'] }),
    names: /PKCE/,
    remedy: /enable PKCE/,
  },
  'a scope that it does not list': {
    settings: { OIDC_SCOPES: 'openid email kyc' },
    ...metadata({ scopes_supported: ['openid', 'email'] }),
    kind: 'note',
    names: /does not list the scopes kyc/,
    remedy: /OIDC_SCOPES/,
  },
  'a scope that it refuses': {
    settings: { OIDC_SCOPES: 'openid email kyc' },
    provider: { scopes: ['openid', 'email'] },
    names: /scope, invalid_scope/,
    remedy: /OIDC_SCOPES/,
  },
  'scopes without email': {
    settings: { OIDC_SCOPES: 'openid profile' },
    names: /lacks email/,
    remedy: /add email/,
  },
  'an algorithm that it does not list': {
    settings: { OIDC_ID_TOKEN_ALG: 'ES256' },
    names: /OIDC_ID_TOKEN_ALG is ES256, and the metadata lists RS256/,
    remedy: /empty it/,
  },
  'symmetric algorithms only': {
    ...metadata({ id_token_signing_alg_values_supported: ['HS256', 'none'] }),
    names: /no asymmetric signature, only HS256, none/,
    remedy: /OIDC_ID_TOKEN_ALG=HS256/,
  },
  'a way to authenticate that it does not list': {
    settings: { OIDC_CLIENT_AUTH: 'client_secret_basic' },
    ...metadata({ token_endpoint_auth_methods_supported: ['client_secret_post', 'tls_client_auth'] }),
    names: /authenticates by client_secret_basic/,
    remedy: /set OIDC_CLIENT_AUTH to client_secret_post/,
  },
  'no way to authenticate that the portal knows': {
    ...metadata({ token_endpoint_auth_methods_supported: ['tls_client_auth'] }),
    names: /lists tls_client_auth/,
    remedy: /another kind of client/,
  },
  'a key whose signature it does not list': {
    settings: { OIDC_CLIENT_SECRET: '', OIDC_PRIVATE_KEY: 'rsa' },
    ...metadata({
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['ES256'],
    }),
    names: /signs with RS256, and the metadata lists ES256/,
    remedy: /key of another type/,
  },
  'a wrong secret': {
    settings: { OIDC_CLIENT_SECRET: 'wrong' },
    names: /token endpoint: .*\(client, invalid_client\)/,
    remedy: /OIDC_CLIENT_SECRET/,
  },
  'a wrong client id': {
    settings: { OIDC_CLIENT_ID: 'somebody-else' },
    names: /refuses the client id or the redirect address \(400\)/,
    remedy: /compare OIDC_CLIENT_ID/,
  },
  'a redirect address that is not registered': {
    provider: { redirectUris: ['https://portal.bank.example/callback'] },
    names: /refuses the client id or the redirect address/,
    remedy: new RegExp(`register ${REDIRECT} exactly`),
  },
  'a prompt that it does not list': {
    ...metadata({ prompt_values_supported: ['none', 'consent'] }),
    names: /OIDC_PROMPT is auto, and the metadata lists none, consent/,
    remedy: /set OIDC_PROMPT to off/,
  },
  'no email_verified': {
    ...metadata({ claims_supported: ['sub', 'email', 'auth_time'] }),
    kind: 'note',
    names: /email_verified/,
    remedy: /OIDC_EMAIL_TRUST/,
  },
  'no auth_time': {
    settings: { OIDC_PROMPT: 'login' },
    ...metadata({ claims_supported: ['sub', 'email', 'email_verified'] }),
    kind: 'note',
    names: /auth_time/,
    remedy: /OIDC_PROMPT=off/,
  },
  'a clock ten minutes behind': {
    provider: { headers: { date: new Date(Date.now() - 600_000).toUTCString() } },
    names: /clock differs .* by -(59|60)\d s/,
    remedy: /NTP/,
  },
  'keys that cannot be read': {
    provider: { fails: { '/jwks': Array(2).fill({ status: 404, error: 'x' }) } },
    names: /token endpoint: .*\(keys\)/,
    remedy: /jwks_uri/,
  },
};

async function report({ settings = {}, provider: behaviour = {} }: Omit<Fault, 'names' | 'remedy'>) {
  const { callsItself = '', ...rest } = behaviour;
  Object.assign(provider.behaviour, rest);
  provider.callsItself = provider.issuer + callsItself;
  const { OIDC_ISSUER: where = '', OIDC_PRIVATE_KEY: key, ...others } = settings;
  const own = {
    OIDC_ISSUER: where.startsWith('http') ? where : provider.issuer + where,
    OIDC_CLIENT_ID: CLIENT_ID,
    OIDC_CLIENT_SECRET: CLIENT_SECRET,
    ...others,
    ...(key && { OIDC_PRIVATE_KEY: rsaKey }),
  };
  const { oidc } = parseConfig({ ...SAMPLE, NEXTAUTH_URL: ORIGIN, ...own });
  if (!oidc) throw new Error('no provider');
  return checkOidc(oidc, ORIGIN);
}

test.each(Object.entries(FAULTS))('names the reason and the remedy of %s', async (_, fault) => {
  const findings = await report(fault);
  const found = findings.filter(({ text }) => fault.names.test(text));
  expect(findings.map(({ text }) => text)).toEqual(expect.arrayContaining([expect.stringMatching(fault.names)]));
  expect(found).toEqual([
    { kind: fault.kind ?? 'failed', text: expect.any(String), remedy: expect.stringMatching(fault.remedy) },
  ]);
});

test('knows at least 15 faults, and finds none in a plain provider', async () => {
  expect(Object.keys(FAULTS).length).toBeGreaterThanOrEqual(15);
  const findings = await report({ provider: { redirectUris: [REDIRECT] } });
  expect(findings.filter(({ kind }) => kind === 'failed')).toEqual([]);
  const texts = findings.map(({ text }) => text);
  expect(texts).toContain('the provider accepts how the portal authenticates');
  expect(texts).toContain('the client id and the redirect address are registered');
  expect(texts).toContain(`register as redirect address: ${REDIRECT}`);
});

test('prints the public key to register, and nothing of the private one', async () => {
  const findings = await report({
    settings: { OIDC_CLIENT_SECRET: '', OIDC_PRIVATE_KEY: 'rsa' },
    provider: { metadata: { end_session_endpoint: `${provider.issuer}/logout`, backchannel_logout_supported: true } },
  });
  const printed = findings.find(({ text }) => text.startsWith('register as public key: '))?.text ?? '';
  const key = JSON.parse(printed.replace('register as public key: ', ''));
  expect(Object.keys(key).sort()).toEqual(['e', 'kid', 'kty', 'n', 'use']);
  expect(findings.map(({ text }) => text)).toContainEqual(expect.stringContaining('back-channel logout'));
});

test('an address that does not speak TLS gets its own reason', async () => {
  const server = createServer((socket) => socket.end('220 mail.bank.example ESMTP\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  try {
    const [finding] = await report({ settings: { OIDC_ISSUER: `https://127.0.0.1:${port}` } });
    expect(finding).toMatchObject({ kind: 'failed', text: expect.stringMatching(/\(tls\)/) });
  } finally {
    server.close();
  }
});

test.each<[Record<string, string>, string]>([
  [{ OIDC_EMAIL_TRUST: 'issuer', OIDC_ISSUER: 'https://accounts.google.com' }, 'OIDC_EMAIL_TRUST'],
  [{ OIDC_EMAIL_TRUST: 'issuer', OIDC_ISSUER: 'https://login.microsoftonline.com/common/v2.0' }, 'OIDC_EMAIL_TRUST'],
  [{ OIDC_CLIENT_AUTH: 'private_key_jwt' }, 'OIDC_PRIVATE_KEY'],
  [{ OIDC_PRIVATE_KEY: 'not a key' }, 'OIDC_PRIVATE_KEY'],
  [{ OIDC_ID_TOKEN_ALG: 'none' }, 'OIDC_ID_TOKEN_ALG'],
  [{ OIDC_SCOPES: 'email profile' }, 'OIDC_SCOPES'],
])('the settings %j are refused before anything is asked, naming %s', (settings, variable) => {
  const refused = () => parseConfig({ ...SAMPLE, ...settings } as Record<string, string>);
  expect(refused).toThrow(ConfigError);
  expect(refused).toThrow(new RegExp(`${variable}: `));
});

test('every reason of the log is explained here and in docs/identity/README.md, in the same words', () => {
  expect(Object.keys(REASONS).sort()).toEqual([...OIDC_REASONS].sort());
  const page = readFileSync('docs/identity/README.md', 'utf8');
  const rows = [...page.matchAll(/^\| `([\w-]+)` \| (.+?) \| (.+?) \|$/gm)].map(([, name, means, remedy]) => [
    name,
    { means, remedy },
  ]);
  expect(Object.fromEntries(rows.filter(([name]) => OIDC_REASONS.includes(name as never)))).toEqual(REASONS);
});
