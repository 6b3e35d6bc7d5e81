// ASVS 5.0: 1.4.2 3.5.4 6.3.2 11.2.3 12.2.1 12.3.1 12.3.2 13.2.3
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, parseConfig } from './config';
import { VARIABLES } from './environment';
import { FRAME_FEATURES } from './features';

const sample = parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>;
const key = Buffer.from('thirty-two bytes, not all equal.');
const production: Record<string, string> = {
  ...sample,
  NEXTAUTH_URL: 'https://portal.bank.example',
  NEXTAUTH_SECRET: 'k3J9v0QmXr5sT8uW2yZ4bC6dE1fG7hL0',
  DATABASE_URL: 'postgres://portal:pw@db.internal/portal?sslmode=verify-full',
  PII_KEYS: `2026a:${key.toString('base64')}`,
  KUNACORE_API_URL: 'https://api.kunacore.example',
  KUNACORE_API_KEY: 'live-key',
  KUNACORE_INSTITUTION_ID: '7d1f6a52-93c0-4a55-8d1c-0f8a1b2c3d4e',
  KUNACORE_WIDGET_URL: 'https://widget.kunacore.example/',
  OIDC_NAME: 'Bank ID',
  OIDC_ISSUER: 'https://id.bank.example',
  OIDC_CLIENT_SECRET: 'live-client-secret',
  KYC_URL: 'https://kyc.bank.example/portal',
  KYC_TOKEN: 'live-kyc-token',
  EMAIL_SERVER: 'smtps://mail.bank.example',
  EMAIL_FROM: 'Bank <no-reply@bank.example>',
  SUPPORT_CONSOLE: 'on',
  SIGN_IN_LINKS: 'on',
  OPERATOR_EMAILS: 'Operator@bank.example, second.operator@bank.example',
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
  expect(VARIABLES.length).toBeGreaterThan(20);
  expect(Object.keys(sample).sort()).toEqual([...VARIABLES].sort());
});

test('payment pages and more browser features join those of the widget', () => {
  const { widget } = parseConfig({
    ...production,
    KUNACORE_WIDGET_FRAME_ORIGINS: 'https://pay.example, https://ACS.example:8443/',
    KUNACORE_WIDGET_FEATURES: 'gyroscope, autoplay',
  });
  expect(widget.frameOrigins).toEqual([
    'https://widget.kunacore.example',
    'https://pay.example',
    'https://acs.example:8443',
  ]);
  expect(widget.features).toEqual([...FRAME_FEATURES, 'gyroscope', 'autoplay']);
  expect(parseConfig(production).widget).toMatchObject({
    frameOrigins: ['https://widget.kunacore.example'],
    features: FRAME_FEATURES,
  });
});

test('KUNACORE_CONTRACT must be a file of check:kunacore', () => {
  expect(parseConfig(production).contract).toBeNull();
  expect(refusedVariables({ ...production, KUNACORE_CONTRACT: 'none.json' })).toEqual(['KUNACORE_CONTRACT']);
  expect(refusedVariables({ ...production, KUNACORE_CONTRACT: 'package.json' })).toEqual(['KUNACORE_CONTRACT']);
});

test('a production configuration is accepted', () => {
  expect(parseConfig(production)).toMatchObject({
    loopback: false,
    secure: true,
    kunacore: { credentials: { kind: 'api-key', apiKey: 'live-key' } },
    operators: {
      byEmail: new Map([
        ['operator@bank.example', 'supervisor'],
        ['second.operator@bank.example', 'supervisor'],
      ]),
      claim: null,
      byGroup: new Map(),
    },
  });
});

test.each([
  ['', 'oidc'],
  ['oidc', 'oidc'],
  ['any', 'any'],
])('where there is an identity provider, OPERATOR_SIGN_IN=%s makes operators by %s', (OPERATOR_SIGN_IN, way) => {
  expect(parseConfig({ ...production, OPERATOR_SIGN_IN }).operators.signIn).toBe(way);
});

test('each operator has a role, from the list of addresses or from a group of the provider', () => {
  const { operators } = parseConfig({
    ...production,
    OPERATOR_EMAILS: 'Boss@bank.example, a=b@bank.example, desk@bank.example=agent, audit@bank.example = auditor',
    OPERATOR_ROLES_CLAIM: 'realm_access.roles',
    OPERATOR_ROLES: 'portal-agents=agent, cn=desk=auditor,portal-supervisors=supervisor',
  });
  expect([...operators.byEmail]).toEqual([
    ['boss@bank.example', 'supervisor'],
    ['a=b@bank.example', 'supervisor'],
    ['desk@bank.example', 'agent'],
    ['audit@bank.example', 'auditor'],
  ]);
  expect(operators.claim).toBe('realm_access.roles');
  expect([...operators.byGroup]).toEqual([
    ['portal-agents', 'agent'],
    ['cn=desk', 'auditor'],
    ['portal-supervisors', 'supervisor'],
  ]);
});

const groups = { OPERATOR_ROLES_CLAIM: 'groups', OPERATOR_ROLES: 'agents=agent' };

test.each<[string, Record<string, string>, string[]]>([
  ['an unknown role of an address', { OPERATOR_EMAILS: 'boss@bank.example=admin' }, ['OPERATOR_EMAILS']],
  ['the role of a customer', { OPERATOR_EMAILS: 'boss@bank.example=customer' }, ['OPERATOR_EMAILS']],
  ['a role without an address', { OPERATOR_EMAILS: '=agent' }, ['OPERATOR_EMAILS']],
  ['an address with two roles', { OPERATOR_EMAILS: 'a@bank.example=agent,A@bank.example' }, ['OPERATOR_EMAILS']],
  ['an unknown role of a group', { ...groups, OPERATOR_ROLES: 'agents=admin' }, ['OPERATOR_ROLES']],
  ['a group without a role', { ...groups, OPERATOR_ROLES: 'agents' }, ['OPERATOR_ROLES']],
  ['a group with two roles', { ...groups, OPERATOR_ROLES: 'desk=agent,desk=auditor' }, ['OPERATOR_ROLES']],
  ['groups without their claim', { ...groups, OPERATOR_ROLES_CLAIM: '' }, ['OPERATOR_ROLES_CLAIM']],
  ['a claim without groups', { ...groups, OPERATOR_ROLES: '' }, ['OPERATOR_ROLES']],
  [
    'groups of no provider',
    { ...groups, OIDC_ISSUER: '', OIDC_CLIENT_ID: '', OIDC_CLIENT_SECRET: '' },
    ['OPERATOR_ROLES_CLAIM'],
  ],
])('operators with %s are refused [T13]', (_name, change, variables) => {
  expect(refusedVariables({ ...production, ...change })).toEqual(variables);
});

test.each([
  ['', { firstPurchase: false, acr: null }],
  ['first-purchase', { firstPurchase: true, acr: null }],
  ['acr=urn:bank:two-factors', { firstPurchase: false, acr: 'urn:bank:two-factors' }],
  ['first-purchase, acr=2', { firstPurchase: true, acr: '2' }],
])('STEP_UP=%s is read as %j', (STEP_UP, stepUp) => {
  expect(parseConfig({ ...production, STEP_UP }).stepUp).toEqual(stepUp);
});

test.each(['purchase', 'acr', 'acr=', 'first-purchase acr=2'])('STEP_UP=%s is refused', (STEP_UP) => {
  expect(refusedVariables({ ...production, STEP_UP })).toEqual(['STEP_UP']);
});

test('the sign-out goes on to the provider unless OIDC_LOGOUT is off', () => {
  expect(parseConfig({ ...production, OIDC_LOGOUT: '' }).oidc?.logout).toBe('auto');
  expect(parseConfig({ ...production, OIDC_LOGOUT: 'off' }).oidc?.logout).toBe('off');
  expect(refusedVariables({ ...production, OIDC_LOGOUT: 'no' })).toEqual(['OIDC_LOGOUT']);
});

test.each([
  ['', []],
  ['any', []],
  ['oidc', ['OPERATOR_SIGN_IN']],
  ['email', ['OPERATOR_SIGN_IN']],
])('without an identity provider, OPERATOR_SIGN_IN=%s is refused for %j', (OPERATOR_SIGN_IN, variables) => {
  const withLinksAlone = { ...production, OIDC_ISSUER: '', OIDC_CLIENT_ID: '', OIDC_CLIENT_SECRET: '', OIDC_NAME: '' };
  expect(refusedVariables({ ...withLinksAlone, OPERATOR_SIGN_IN })).toEqual(variables);
});

test.each([
  ['a database on the same machine', { DATABASE_URL: 'postgres://portal:pw@127.0.0.1/portal' }],
  ['a database behind a socket', { DATABASE_URL: 'postgres:///portal?host=/run/postgresql' }],
  [
    'a database behind a socket whose folder is the host',
    { DATABASE_URL: 'postgres://portal@%2Frun%2Fpostgresql/portal' },
  ],
  ['a mail server on the same machine', { EMAIL_SERVER: 'smtp://localhost:25' }],
  ['STARTTLS that is required', { EMAIL_SERVER: 'smtp://me:pw@mail.bank.example:587?requireTLS=true' }],
  ['a pool of connections to the mail server', { EMAIL_SERVER: 'smtps://mail.bank.example?pool=true&name=portal' }],
  ['a limit of memory', { NODE_OPTIONS: '--max-old-space-size=512' }],
  ['no operators', { OPERATOR_EMAILS: '' }],
  ['idle for as long as a session lasts', { SESSION_IDLE_MINUTES: '720', SESSION_MAX_HOURS: '12' }],
  ['certificates that are checked', { NODE_TLS_REJECT_UNAUTHORIZED: '1' }],
])('so is %s', (_name, change) => {
  expect(refusedVariables({ ...production, ...change })).toEqual([]);
});

test('on this machine the widget may be another port of the same host, and certificates of a test go unchecked', () => {
  const local = { KUNACORE_WIDGET_URL: 'http://localhost:4011/', NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  expect(refusedVariables({ ...sample, ...local })).toEqual([]);
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

describe('unsafe or malformed values stop the start [T26, T39]', () => {
  type Case = [string, Record<string, string | undefined>, string[]];
  const cases: Case[] = [
    ['plain http in production', { NEXTAUTH_URL: 'http://portal.bank.example' }, ['NEXTAUTH_URL']],
    ['a path in the portal’s address', { NEXTAUTH_URL: 'https://bank.example/portal' }, ['NEXTAUTH_URL']],
    ['not an address', { NEXTAUTH_URL: 'portal' }, ['NEXTAUTH_URL']],
    ['a short secret', { NEXTAUTH_SECRET: 'short' }, ['NEXTAUTH_SECRET']],
    ['the sample secret', { NEXTAUTH_SECRET: sample.NEXTAUTH_SECRET }, ['NEXTAUTH_SECRET']],
    ['the sample encryption key', { PII_KEYS: sample.PII_KEYS }, ['PII_KEYS']],
    ['an encryption key of another length', { PII_KEYS: 'a:c2hvcnQ=' }, ['PII_KEYS']],
    ['an encryption key twice', { PII_KEYS: `${production.PII_KEYS},${production.PII_KEYS}` }, ['PII_KEYS']],
    ['the embedded database', { DATABASE_URL: '' }, ['DATABASE_URL']],
    [
      'a direct address of the embedded database',
      { DATABASE_URL: '', DATABASE_DIRECT_URL: 'postgres://db' },
      ['DATABASE_DIRECT_URL', 'DATABASE_URL'],
    ],
    ['an unknown way to migrate', { DATABASE_MIGRATIONS: 'never' }, ['DATABASE_MIGRATIONS']],
    ['a short token of the scheduler', { RECONCILE_TOKEN: 'short' }, ['RECONCILE_TOKEN']],
    ['another database', { DATABASE_URL: 'mysql://db' }, ['DATABASE_URL']],
    ['plain http to KunaCore', { KUNACORE_API_URL: 'http://api.kunacore.example' }, ['KUNACORE_API_URL']],
    ['KunaCore on this machine', { KUNACORE_API_URL: 'http://127.0.0.1:4010' }, ['KUNACORE_API_URL']],
    ['credentials in an address', { KUNACORE_API_URL: 'https://a:b@api.kunacore.example' }, ['KUNACORE_API_URL']],
    ['the sample key', { KUNACORE_API_KEY: 'sample-api-key' }, ['KUNACORE_API_KEY']],
    ['two ways to authenticate', { KUNACORE_LOGIN: 'me' }, ['KUNACORE_API_KEY']],
    ['half a login', { KUNACORE_API_KEY: '', KUNACORE_LOGIN: 'me' }, ['KUNACORE_MERCHANT_ID', 'KUNACORE_PASSWORD']],
    [
      'the widget on the portal’s origin [T7]',
      { KUNACORE_WIDGET_URL: 'https://portal.bank.example/w' },
      ['KUNACORE_WIDGET_URL'],
    ],
    ...[
      ['http://pay.example', 'in the clear'],
      ['http://127.0.0.1:4015', 'on this machine'],
      ['https://pay.example/3ds', 'with a path'],
      ['https://*.pay.example', 'with a wildcard'],
      ['https:', 'that is a scheme alone'],
      ['*', 'that is everything'],
      ["https://pay.example 'unsafe-inline'", 'with a space'],
      ['https://pay.example;script-src', 'with the end of a directive'],
      ['https://portal.bank.example', 'that is the portal’s [T7]'],
      ['https://portal.bank.example:8443', 'on another port of the portal’s host'],
      ['https://pay.example,https://PAY.example', 'twice'],
    ].map(([value = '', how]): [string, Record<string, string>, string[]] => [
      `a payment page’s origin ${how}`,
      { KUNACORE_WIDGET_FRAME_ORIGINS: value },
      ['KUNACORE_WIDGET_FRAME_ORIGINS'],
    ]),
    ['an unknown browser feature', { KUNACORE_WIDGET_FEATURES: 'gyroscope,usb' }, ['KUNACORE_WIDGET_FEATURES']],
    ['a browser feature twice', { KUNACORE_WIDGET_FEATURES: 'autoplay,autoplay' }, ['KUNACORE_WIDGET_FEATURES']],
    ['an unknown kind of widget', { KUNACORE_WIDGET_TYPE: 'other' }, ['KUNACORE_WIDGET_TYPE']],
    ['half an identity provider', { OIDC_CLIENT_ID: '' }, ['OIDC_CLIENT_ID']],
    ['plain http to the identity provider', { OIDC_ISSUER: 'http://id.bank.example' }, ['OIDC_ISSUER']],
    ['mail without a sender', { EMAIL_FROM: '' }, ['EMAIL_FROM']],
    ['an odd mail server', { EMAIL_SERVER: 'http://mail' }, ['EMAIL_SERVER']],
    ['an odd number of hours', { SESSION_MAX_HOURS: '1e3' }, ['SESSION_MAX_HOURS']],
    ['a negative number of proxies', { TRUSTED_PROXY_HOPS: '-1' }, ['TRUSTED_PROXY_HOPS']],
    ['an unknown log level', { LOG_LEVEL: 'loud' }, ['LOG_LEVEL']],
    ['STARTTLS that is not required', { EMAIL_SERVER: 'smtp://mail.bank.example:587' }, ['EMAIL_SERVER']],
    ['STARTTLS that is declined', { EMAIL_SERVER: 'smtp://mail.bank.example?requireTLS=false' }, ['EMAIL_SERVER']],
    [
      'STARTTLS that is required and declined',
      { EMAIL_SERVER: 'smtp://mail.bank.example?requireTLS=true&requireTLS=false' },
      ['EMAIL_SERVER'],
    ],
    [
      'a mail server whose certificate is not checked',
      { EMAIL_SERVER: 'smtps://mail.bank.example?tls.rejectUnauthorized=false' },
      ['EMAIL_SERVER'],
    ],
    ...[
      'requireTLS=true&ignoreTLS=true',
      'requireTLS=true&opportunisticTLS=true',
      'requireTLS=true&tls.minVersion=TLSv1',
      'requireTLS=true&tls.ciphers=NULL',
      'requireTLS=true&proxy=http://elsewhere.example',
      'requireTLS=true&unheard=of',
    ].map(
      (parameters): Case => [
        `a mail server reached with ${parameters}`,
        { EMAIL_SERVER: `smtp://mail.bank.example?${parameters}` },
        ['EMAIL_SERVER'],
      ],
    ),
    ...[
      '--tls-min-v1.0',
      '--tls-min-v1.1',
      '--max-old-space-size=512 --insecure-http-parser',
      '--tls-cipher-list=ALL',
    ].map((flags): Case => [`Node with ${flags}`, { NODE_OPTIONS: flags }, ['NODE_OPTIONS']]),
    ['a mail server that is no address', { EMAIL_SERVER: 'smtps://mail.bank.example:port' }, ['EMAIL_SERVER']],
    ['a database without TLS', { DATABASE_URL: 'postgres://portal:pw@db.internal/portal' }, ['DATABASE_URL']],
    [
      'a database whose certificate is not checked',
      { DATABASE_URL: 'postgres://portal:pw@db.internal/portal?sslmode=no-verify' },
      ['DATABASE_URL'],
    ],
    [
      'a database with TLS, and without',
      { DATABASE_URL: `${production.DATABASE_URL}&sslmode=disable` },
      ['DATABASE_URL'],
    ],
    [
      'a database elsewhere behind a local name',
      { DATABASE_URL: 'postgres://portal:pw@localhost/portal?host=db.internal' },
      ['DATABASE_URL'],
    ],
    [
      'a direct address of the database without TLS',
      { DATABASE_DIRECT_URL: 'postgres://portal:pw@db.internal/portal' },
      ['DATABASE_DIRECT_URL'],
    ],
    ['a token of the scheduler that is not random', { RECONCILE_TOKEN: 'a'.repeat(40) }, ['RECONCILE_TOKEN']],
    ['a database that is no address', { DATABASE_URL: 'postgres://db.internal:port/portal' }, ['DATABASE_URL']],
    ['a database whose host is no name', { DATABASE_URL: 'postgres://%zz/portal' }, ['DATABASE_URL']],
    ['the sample operator', { OPERATOR_EMAILS: sample.OPERATOR_EMAILS }, ['OPERATOR_EMAILS']],
    [
      'the sample operator among others',
      { OPERATOR_EMAILS: `operator@bank.example,${sample.OPERATOR_EMAILS?.toUpperCase()}` },
      ['OPERATOR_EMAILS'],
    ],
    ...(['KUNACORE_INSTITUTION_ID', 'OIDC_NAME', 'EMAIL_SERVER', 'EMAIL_FROM'] as const).map(
      (name): Case => [`the sample value of ${name}`, { [name]: sample[name] }, [name]],
    ),
    ['an operator without an address', { OPERATOR_EMAILS: 'operator@bank.example,boss' }, ['OPERATOR_EMAILS']],
    ['certificates that are not checked', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }, ['NODE_TLS_REJECT_UNAUTHORIZED']],
    [
      'the widget on another port of the portal’s host',
      { KUNACORE_WIDGET_URL: 'https://portal.bank.example:8443/' },
      ['KUNACORE_WIDGET_URL'],
    ],
    ['a secret of few letters', { NEXTAUTH_SECRET: 'abcdefg'.repeat(6) }, ['NEXTAUTH_SECRET']],
    ['an encryption key of one byte', { PII_KEYS: `a:${Buffer.alloc(32, 7).toString('base64')}` }, ['PII_KEYS']],
    [
      'an old encryption key of one byte',
      { PII_KEYS: `${production.PII_KEYS},old:${Buffer.alloc(32).toString('base64')}` },
      ['PII_KEYS'],
    ],
    [
      'idle for longer than a session lasts',
      { SESSION_IDLE_MINUTES: '61', SESSION_MAX_HOURS: '1' },
      ['SESSION_IDLE_MINUTES'],
    ],
    ['several at once', { NEXTAUTH_SECRET: 'x', LOG_LEVEL: 'loud' }, ['LOG_LEVEL', 'NEXTAUTH_SECRET']],
  ];
  test.each(cases)('%s', (_name, change, variables) => {
    expect(refusedVariables({ ...production, ...change })).toEqual(variables);
  });

  test('at least thirty different ones', () => {
    const distinct = new Set(cases.map(([, change]) => JSON.stringify(change)));
    expect(distinct.size).toBe(cases.length);
    expect(distinct.size).toBeGreaterThanOrEqual(30);
  });
});

describe('secrets of .env.example stop the start, in any setting and any encoding', () => {
  const secretNames = Object.keys(sample).filter((name) => /SECRET|KEY|PASSWORD/.test(name) && sample[name]);
  // The sandbox's login is documented, too.
  const login = ['sample-merchant', 'sample-login', 'sample-password'].map((text) => Buffer.from(text));
  const secrets = [...secretNames.map((name) => Buffer.from(...bytesOf(name))), ...login];
  /** Where a secret can stand. */
  const settings: [string, (text: string) => string][] = [
    ['NEXTAUTH_SECRET', (text) => text],
    ['KUNACORE_API_KEY', (text) => text],
    ['OIDC_CLIENT_SECRET', (text) => text],
    ['PII_KEYS', (text) => `prod-2026:${text}`],
    ['PII_KEYS', (text) => `${production.PII_KEYS},old-2025:${text}`],
    ['DATABASE_URL', (text) => `postgres://portal:${encodeURIComponent(text)}@db.internal/portal?sslmode=verify-full`],
    ['EMAIL_SERVER', (text) => `smtps://portal:${encodeURIComponent(text)}@mail.bank.example`],
  ];
  const base64 = (bytes: Buffer) => bytes.toString('base64');
  const written = fc.constantFrom<(bytes: Buffer) => string>(
    (bytes) => bytes.toString(),
    (bytes) => bytes.toString().toUpperCase(),
    base64,
    (bytes) => base64(bytes).replaceAll('=', ''),
    (bytes) => bytes.toString('base64url'),
    (bytes) => `${bytes.toString('base64url')}==`,
    (bytes) => base64(bytes).replace(/.{7}/g, '$& '),
    (bytes) => bytes.toString('hex'),
    (bytes) => bytes.toString('hex').toUpperCase(),
    (bytes) => `0x${bytes.toString('hex')}`,
    (bytes) => base64(Buffer.from(base64(bytes))),
    (bytes) => base64(Buffer.from(bytes.toString('hex'))),
    (bytes) => bytes.toString('hex').replace(/../g, '%$&'),
    (bytes) => base64(Buffer.concat([bytes, Buffer.from('-and-more')])),
    (bytes) => base64(Buffer.concat([Buffer.from('2026'), bytes])),
  );
  const around = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => ` ${text} `,
    (text) => `"${text}"`,
  );

  function bytesOf(name: string): [string, BufferEncoding] {
    const value = sample[name] ?? '';
    return name === 'PII_KEYS' ? [value.split(':')[1] ?? '', 'base64'] : [value, 'utf8'];
  }

  test('all of them are known', () => {
    expect(secretNames.sort()).toEqual(['KUNACORE_API_KEY', 'NEXTAUTH_SECRET', 'OIDC_CLIENT_SECRET', 'PII_KEYS']);
  });

  test('any of them, in any setting [T39]', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...secrets),
        fc.constantFrom(...settings),
        written,
        around,
        (secret, [name, place], write, put) => {
          const change = { [name]: place(put(write(secret))) };
          expect(refusedVariables({ ...production, ...change })).toContain(name);
          // The same is what .env.example is for on this machine.
          expect(refusedVariables({ ...sample })).toEqual([]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('and accepts the institution’s own secrets', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.constantFrom('base64', 'hex'),
        (bytes, encoding) => {
          fc.pre(new Set(bytes).size > 8);
          const secret = Buffer.from(bytes).toString(encoding as BufferEncoding);
          const key = Buffer.from(bytes).toString('base64');
          const change = { NEXTAUTH_SECRET: secret, OIDC_CLIENT_SECRET: secret, PII_KEYS: `a:${key}` };
          expect(refusedVariables({ ...production, ...change })).toEqual([]);
        },
      ),
    );
  });
});

test.each([
  ['an operator without an address', { OPERATOR_EMAILS: 'boss' }, ['OPERATOR_EMAILS']],
  ['idle for longer than a session lasts', { SESSION_IDLE_MINUTES: '721' }, ['SESSION_IDLE_MINUTES']],
])('on this machine too: %s', (_name, change, variables) => {
  expect(refusedVariables({ ...sample, ...change })).toEqual(variables);
});

test('names a rejected value and never shows it', () => {
  const canary = 'CANARY-value';
  const all = Object.fromEntries(Object.keys(sample).map((name) => [name, canary]));
  expect(() => parseConfig(all)).toThrow(expect.not.objectContaining({ message: expect.stringContaining(canary) }));
  const unsafe = {
    DATABASE_URL: `postgres://portal:${canary}@db.internal/portal`,
    EMAIL_SERVER: `smtp://portal:${canary}@mail.bank.example`,
    NEXTAUTH_SECRET: canary.slice(0, 6).repeat(6),
    OPERATOR_EMAILS: canary,
    KUNACORE_WIDGET_URL: `https://portal.bank.example:8443/${canary}`,
  };
  expect(refusedVariables({ ...production, ...unsafe })).toEqual(Object.keys(unsafe).sort());
  expect(() => parseConfig({ ...production, ...unsafe })).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining('CANARY') }),
  );
});

describe('the identity provider', () => {
  const pem = (type: 'rsa' | 'ec' | 'ed25519', options = {}) =>
    generateKeyPairSync(type as 'rsa', { modulusLength: 2048, ...options })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();

  test('has the standard’s ways by default', () => {
    expect(parseConfig(production).oidc).toMatchObject({
      clientAuth: null,
      privateKey: null,
      scopes: null,
      prompt: 'auto',
      logout: 'auto',
      idTokenAlg: null,
      emailTrust: 'claim',
    });
  });

  test.each([
    ['rsa', {}],
    ['ec', { namedCurve: 'P-384' }],
    ['ed25519', {}],
  ] as const)('needs no secret where there is a private key (%s)', (type, options) => {
    const { oidc } = parseConfig({ ...production, OIDC_CLIENT_SECRET: '', OIDC_PRIVATE_KEY: pem(type, options) });
    expect(oidc).toMatchObject({ clientAuth: 'private_key_jwt', clientSecret: '', privateKey: { use: 'sig' } });
    expect(oidc?.privateKey?.kid).toMatch(/^[\w-]{43}$/);
  });

  test.each<[string, Record<string, string>, string[]]>([
    ['neither secret nor key', { OIDC_CLIENT_SECRET: '' }, ['OIDC_CLIENT_SECRET']],
    ['a short key', { OIDC_PRIVATE_KEY: pem('rsa', { modulusLength: 1024 }) }, ['OIDC_PRIVATE_KEY']],
    ['a key of a curve for nothing', { OIDC_PRIVATE_KEY: pem('ec', { namedCurve: 'P-224' }) }, ['OIDC_PRIVATE_KEY']],
    ['a way without its key', { OIDC_CLIENT_AUTH: 'private_key_jwt' }, ['OIDC_PRIVATE_KEY']],
    ['HS256 without a secret', { OIDC_ID_TOKEN_ALG: 'HS256', OIDC_CLIENT_SECRET: '' }, ['OIDC_CLIENT_SECRET']],
    ['no signature', { OIDC_ID_TOKEN_ALG: 'none' }, ['OIDC_ID_TOKEN_ALG']],
    ['scopes without openid', { OIDC_SCOPES: 'email openidx' }, ['OIDC_SCOPES']],
    ['scopes with commas', { OIDC_SCOPES: 'openid, email' }, ['OIDC_SCOPES']],
    ['an unknown prompt', { OIDC_PROMPT: 'none' }, ['OIDC_PROMPT']],
    ['an unknown trust', { OIDC_EMAIL_TRUST: 'everybody' }, ['OIDC_EMAIL_TRUST']],
  ])('refuses %s', (_, settings, refused) => {
    expect(refusedVariables({ ...production, ...settings })).toEqual(refused);
  });

  const trusting = (OIDC_ISSUER: string) =>
    refusedVariables({ ...production, OIDC_ISSUER, OIDC_EMAIL_TRUST: 'issuer' });

  test.each([
    'https://accounts.google.com',
    'https://accounts.google.com/',
    'https://appleid.apple.com',
    'https://login.microsoftonline.com/common',
    'https://login.microsoftonline.com/common/v2.0',
    'https://login.microsoftonline.com/Organizations/v2.0/',
    'https://login.microsoftonline.com/consumers/v2.0',
    'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0',
    'https://LOGIN.microsoftonline.com/common/v2.0',
    'https://login.microsoftonline.us/common/v2.0',
    'https://sts.windows.net/common/',
  ])('does not vouch for every address where strangers share it: %s', (issuer) => {
    expect(trusting(issuer)).toEqual(['OIDC_EMAIL_TRUST']);
  });

  test.each([
    'https://id.bank.example',
    'https://login.microsoftonline.com/8f2a3b4c-0000-4000-8000-000000000000/v2.0',
    'https://common.bank.example/common',
  ])('may vouch for every address: %s', (issuer) => {
    expect(trusting(issuer)).toEqual([]);
  });
});

describe('several instances', () => {
  test('need PostgreSQL', () => {
    expect(refusedVariables({ ...sample, INSTANCES: '2' })).toEqual(['INSTANCES']);
    expect(refusedVariables({ ...production, INSTANCES: '2' })).toEqual([]);
  });

  test.each([
    { BUILD_ACTIONS_KEY: 'random', BUILD_DEPLOYMENT_ID: 'release-1' },
    { BUILD_ACTIONS_KEY: 'given', BUILD_DEPLOYMENT_ID: 'none' },
  ])('refuse the build %o, which a single instance accepts', (build) => {
    expect(refusedVariables({ ...production, ...build, INSTANCES: '2' })).toEqual(['INSTANCES']);
    expect(refusedVariables({ ...production, ...build })).toEqual([]);
  });
});
