import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ConfigError, parseConfig } from './config';

const sample = parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>;
const production: Record<string, string> = {
  ...sample,
  NEXTAUTH_URL: 'https://portal.bank.example',
  NEXTAUTH_SECRET: 'k3J9v0QmXr5sT8uW2yZ4bC6dE1fG7hL0',
  DATABASE_URL: 'postgres://portal:pw@db.internal/portal',
  PII_KEYS: `2026a:${Buffer.alloc(32, 7).toString('base64')}`,
  KUNACORE_API_URL: 'https://api.kunacore.example',
  KUNACORE_API_KEY: 'live-key',
  KUNACORE_WIDGET_URL: 'https://widget.kunacore.example/',
  OIDC_ISSUER: 'https://id.bank.example',
  OIDC_CLIENT_SECRET: 'live-client-secret',
  EMAIL_SERVER: 'smtps://mail.bank.example',
};

function refusedVariables(environment: Record<string, string | undefined>): string[] {
  try {
    parseConfig(environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ variable }) => variable).sort();
  }
}

test('.env.example is complete and starts the portal on this machine', () => {
  const config = parseConfig(sample);
  expect(config).toMatchObject({ loopback: true, secure: false, database: { kind: 'embedded', directory: '.data' } });
});

test('.env.example names every variable the portal reads', () => {
  const read = readFileSync('lib/environment-reader.ts', 'utf8').match(/^ {2}([A-Z][A-Z_]+): z\./gm) ?? [];
  expect(Object.keys(sample).sort()).toEqual(read.map((line) => line.trim().split(':')[0]).sort());
});

test('a production configuration is accepted', () => {
  expect(parseConfig(production)).toMatchObject({
    loopback: false,
    secure: true,
    kunacore: { credentials: { kind: 'api-key', apiKey: 'live-key' } },
  });
});

test('an empty environment: every missing variable is named at once', () => {
  expect(refusedVariables({})).toEqual(
    [
      'NEXTAUTH_URL',
      'NEXTAUTH_SECRET',
      'DATABASE_URL',
      'PII_KEYS',
      'KUNACORE_API_KEY',
      'KUNACORE_API_URL',
      'KUNACORE_INSTITUTION_ID',
      'KUNACORE_WIDGET_URL',
      'OIDC_ISSUER',
    ].sort(),
  );
});

test('Kuna’s own integration alone needs neither sign-in nor API', () => {
  const needless = /^(KUNACORE_(API|MERCHANT|LOGIN|PASSWORD)|OIDC|EMAIL)/;
  const few = Object.fromEntries(Object.entries(production).filter(([name]) => !needless.test(name)));
  expect(refusedVariables({ ...few, KUNACORE_WIDGET_TYPE: 'kuna' })).toEqual([]);
});

describe('unsafe or malformed values stop the start', () => {
  const cases: [string, Record<string, string | undefined>, string[]][] = [
    ['plain http in production', { NEXTAUTH_URL: 'http://portal.bank.example' }, ['NEXTAUTH_URL']],
    ['a path in the portal’s address', { NEXTAUTH_URL: 'https://bank.example/portal' }, ['NEXTAUTH_URL']],
    ['not an address', { NEXTAUTH_URL: 'portal' }, ['NEXTAUTH_URL']],
    ['a short secret', { NEXTAUTH_SECRET: 'short' }, ['NEXTAUTH_SECRET']],
    ['the sample secret', { NEXTAUTH_SECRET: sample.NEXTAUTH_SECRET }, ['NEXTAUTH_SECRET']],
    ['the sample encryption key', { PII_KEYS: sample.PII_KEYS }, ['PII_KEYS']],
    ['an encryption key of another length', { PII_KEYS: 'a:c2hvcnQ=' }, ['PII_KEYS']],
    ['an encryption key twice', { PII_KEYS: `${production.PII_KEYS},${production.PII_KEYS}` }, ['PII_KEYS']],
    ['the embedded database', { DATABASE_URL: '' }, ['DATABASE_URL']],
    ['another database', { DATABASE_URL: 'mysql://db' }, ['DATABASE_URL']],
    ['plain http to KunaCore', { KUNACORE_API_URL: 'http://api.kunacore.example' }, ['KUNACORE_API_URL']],
    ['KunaCore on this machine', { KUNACORE_API_URL: 'http://127.0.0.1:4010' }, ['KUNACORE_API_URL']],
    ['credentials in an address', { KUNACORE_API_URL: 'https://a:b@api.kunacore.example' }, ['KUNACORE_API_URL']],
    ['the sample key', { KUNACORE_API_KEY: 'sample-api-key' }, ['KUNACORE_API_KEY']],
    ['two ways to authenticate', { KUNACORE_LOGIN: 'me' }, ['KUNACORE_API_KEY']],
    ['half a login', { KUNACORE_API_KEY: '', KUNACORE_LOGIN: 'me' }, ['KUNACORE_MERCHANT_ID', 'KUNACORE_PASSWORD']],
    [
      'the widget on the portal’s origin',
      { KUNACORE_WIDGET_URL: 'https://portal.bank.example/w' },
      ['KUNACORE_WIDGET_URL'],
    ],
    ['an unknown kind of widget', { KUNACORE_WIDGET_TYPE: 'other' }, ['KUNACORE_WIDGET_TYPE']],
    ['half an identity provider', { OIDC_CLIENT_ID: '' }, ['OIDC_CLIENT_ID']],
    ['plain http to the identity provider', { OIDC_ISSUER: 'http://id.bank.example' }, ['OIDC_ISSUER']],
    ['mail without a sender', { EMAIL_FROM: '' }, ['EMAIL_FROM']],
    ['an odd mail server', { EMAIL_SERVER: 'http://mail' }, ['EMAIL_SERVER']],
    ['an odd number of hours', { SESSION_MAX_HOURS: '1e3' }, ['SESSION_MAX_HOURS']],
    ['a negative number of proxies', { TRUSTED_PROXY_HOPS: '-1' }, ['TRUSTED_PROXY_HOPS']],
    ['an unknown log level', { LOG_LEVEL: 'loud' }, ['LOG_LEVEL']],
    ['several at once', { NEXTAUTH_SECRET: 'x', LOG_LEVEL: 'loud' }, ['LOG_LEVEL', 'NEXTAUTH_SECRET']],
  ];
  test.each(cases)('%s', (_name, change, variables) => {
    expect(refusedVariables({ ...production, ...change })).toEqual(variables);
  });
});

test('what is refused is named, never shown', () => {
  const canary = 'CANARY-value';
  const all = Object.fromEntries(Object.keys(sample).map((name) => [name, canary]));
  expect(() => parseConfig(all)).toThrow(expect.not.objectContaining({ message: expect.stringContaining(canary) }));
});
