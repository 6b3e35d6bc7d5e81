// npm run doctor in a healthy environment with one fault at a time: it names the setting and the remedy of each.
import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { CLIENT_ID, CLIENT_SECRET, type OpenIdProvider, startOpenIdProvider } from '@/tests/openid-provider';
import { findSandbox, type Sandbox } from '@/tests/sandbox';
import { readSettings } from '../settings.mjs';
import { readConfiguration } from './configuration';
import { doctor } from './doctor';
import { checkMachine, checkMemory } from './machine';
import { type CheckedGroup, hasFailed, toText } from './report';
import { checkTls } from './tls';

const SAMPLE = parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>;
const pem = (name: string) => readFileSync(`tests/certificates/${name}.pem`, 'utf8');
const PASSWORD = 'correct horse: 7?';
const KYC_TOKEN = 'a-token-of-the-institution';

let sandbox: Sandbox;
let provider: OpenIdProvider;
let folder: string;
/** What the healthy servers do; a fault replaces one of them. */
let kyc: RequestListener;
let front: RequestListener;
let servers: { kyc: string; front: string; smtp: string };
const stops: (() => void)[] = [];

beforeAll(async () => {
  [sandbox, provider] = await Promise.all([findSandbox(), startOpenIdProvider()]);
  const kycServer = createServer((request, response) => kyc(request, response));
  const frontServer = createServer((request, response) => front(request, response));
  const ports = [await listen(kycServer), await listen(frontServer), await listenSmtp({})];
  stops.push(
    () => kycServer.close(),
    () => frontServer.close(),
  );
  servers = {
    kyc: `http://127.0.0.1:${ports[0]}/kyc`,
    front: `http://localhost:${ports[1]}`,
    smtp: `smtp://portal:${encodeURIComponent(PASSWORD)}@127.0.0.1:${ports[2]}`,
  };
});
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'package.json'), '{"engines":{"node":">=20.19"}}');
  mkdirSync(path.join(folder, '.next'));
  writeFileSync(path.join(folder, '.next/BUILD_ID'), 'x');
  await sandbox.reset();
  provider.reset();
  provider.behaviour.redirectUris = [`${servers.front}/api/auth/callback/oidc`];
  kyc = healthyKyc;
  front = healthyFront;
});
afterAll(async () => {
  for (const stop of stops) stop();
  await provider?.close();
});

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}

async function listenSmtp(options: SMTPServerOptions): Promise<number> {
  const server = new SMTPServer({
    logger: false,
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === 'portal' && password === PASSWORD ? done(null, { user: username }) : done(new Error('no')),
    ...options,
  });
  server.on('error', () => {});
  stops.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.server.address() as AddressInfo).port;
}

/** Starts a server for one row. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${await listen(server)}`;
}

async function serveTls(options: object, listener: RequestListener = (_, response) => response.end()): Promise<number> {
  const server = createSecureServer({ key: pem('server'), cert: pem('server'), ...options }, listener);
  onTestFinished(() => void server.close());
  return listen(server, '0.0.0.0');
}

async function bodyOf(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString()) as { subject: string };
}

const healthyKyc: RequestListener = (request, response) => {
  if (request.url !== '/kyc') return response.writeHead(404).end();
  response.writeHead(request.headers.authorization === `Bearer ${KYC_TOKEN}` ? 404 : 401).end();
};

const PAGE = { 'content-security-policy': "script-src 'nonce-x'", 'content-encoding': 'gzip' };
const healthyFront: RequestListener = ({ url }, response) => {
  if (url === '/api/health/live') response.end('{"status":"live"}');
  else response.writeHead(200, PAGE).end();
};

function healthy(): Record<string, string> {
  return {
    ...SAMPLE,
    NEXTAUTH_URL: servers.front,
    KUNACORE_API_URL: sandbox.apiUrl,
    KUNACORE_WIDGET_URL: sandbox.widgetUrl,
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT_ID,
    OIDC_CLIENT_SECRET: CLIENT_SECRET,
    KYC_URL: servers.kyc,
    KYC_TOKEN,
    EMAIL_SERVER: servers.smtp,
  };
}

interface Run {
  settings?: Record<string, string>;
  environment?: Record<string, string>;
  /** Changes the text of .env. */
  file?: (text: string) => string;
  mode?: number;
  limitMs?: number;
  only?: string[];
}

async function run(options: Run = {}) {
  const { settings = {}, environment = {}, file = (text) => text, mode = 0o600, limitMs = 20_000, only } = options;
  const rows = Object.entries({ ...healthy(), ...settings }).map(([name, value]) => `${name}='${value}'`);
  const env = path.join(folder, '.env');
  writeFileSync(env, file(`${rows.join('\n')}\n`), { mode });
  const effective = { ...readSettings(undefined, folder), ...environment };
  return doctor({ directory: folder, settings: effective, environment, limitMs, only });
}

const linesOf = (groups: CheckedGroup[]) => groups.flatMap(({ lines }) => lines);

interface Fault extends Run {
  /** Changes the environment of the portal, and returns settings that follow from it. */
  plant?: () => unknown;
  /** What the report says of it, and how to cure it. */
  names: RegExp;
  remedy: RegExp;
  /** People can use the portal in spite of it. */
  kind?: 'warning';
}

const html: RequestListener = (_, response) =>
  response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Welcome</p>');
const status =
  (code: number, headers = {}): RequestListener =>
  (_, response) =>
    response.writeHead(code, headers).end();
const widget =
  (headers: Record<string, string>, code = 200) =>
  async () => ({
    KUNACORE_WIDGET_URL: `${await serve(status(code, { 'content-type': 'text/html', ...headers }))}/`,
  });
const api = (listener: RequestListener) => async () => ({ KUNACORE_API_URL: await serve(listener) });
const mail =
  (options: SMTPServerOptions, query = '') =>
  async () => ({
    EMAIL_SERVER: `${servers.smtp.replace(/:\d+$/, '')}:${await listenSmtp(options)}${query}`,
  });
const kycTls =
  (options: object, host = 'localhost', authority = 'authority') =>
  async () => ({
    KYC_URL: `https://${host}:${await serveTls(options)}/kyc`,
    KYC_CA:
      authority &&
      pem(authority)
        .replace(/-----BEGIN PRIVATE[\s\S]*?END PRIVATE KEY-----\n/, '')
        .replaceAll('\n', '\\n'),
  });
const data =
  (value: unknown): RequestListener =>
  (_, response) =>
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ data: value }));

const FAULTS: Record<string, Record<string, Fault>> = {
  Configuration: {
    'a file that others can read': {
      mode: 0o644,
      names: /\.env can be read by other users .* \(mode 644\)/,
      remedy: /chmod 600 \.env/,
      kind: 'warning',
    },
    'a byte order mark': {
      file: (text) => `\uFEFF${text}`,
      names: /byte order mark/,
      remedy: /without BOM/,
      kind: 'warning',
    },
    'a quote that is not closed': {
      file: (text) => `${text}OIDC_SCOPES="openid email\n`,
      names: /OIDC_SCOPES \(\.env, line \d+\) begins with a quote that is not closed/,
      remedy: /close it/,
    },
    'typographic quotes': {
      file: (text) => text.replace("OIDC_NAME='Sample Bank ID'", 'OIDC_NAME=“Bank ID”'),
      names: /OIDC_NAME .* typographic quotes/,
      remedy: /plain quotes/,
      kind: 'warning',
    },
    'a # in a value without quotes': {
      file: (text) => text.replace("OIDC_NAME='Sample Bank ID'", 'OIDC_NAME=Bank#1'),
      names: /OIDC_NAME .* contains a #/,
      remedy: /single quotes/,
    },
    'a space behind a value': {
      file: (text) => text.replace("LOG_LEVEL='info'", 'LOG_LEVEL=info '),
      names: /LOG_LEVEL .* followed by a space/,
      remedy: /remove it/,
      kind: 'warning',
    },
    'Windows line ends': {
      file: (text) => text.replace("LOG_LEVEL='info'", 'LOG_LEVEL=info\r'),
      names: /LOG_LEVEL .* followed by a carriage return/,
      remedy: /Unix line ends/,
      kind: 'warning',
    },
    'an escaped dollar sign': {
      file: (text) => text.replace("OIDC_NAME='Sample Bank ID'", 'OIDC_NAME=Bank \\$ID'),
      names: /OIDC_NAME .* the backslash stays/,
      remedy: /write \$ alone/,
    },
    'an option of Node in a file': {
      file: (text) => `${text}NODE_EXTRA_CA_CERTS=/etc/ca.pem\n`,
      names: /NODE_EXTRA_CA_CERTS .* no effect in a file/,
      remedy: /EXTRA_CA_CERTS/,
      kind: 'warning',
    },
    'a setting twice in a file': {
      file: (text) => `${text}OIDC_NAME=Other\n`,
      names: /OIDC_NAME is set more than once in \.env/,
      remedy: /remove the others/,
      kind: 'warning',
    },
    'a setting that the environment overrides': {
      environment: { OIDC_NAME: 'Other' },
      names: /OIDC_NAME of \.env is overridden by the environment/,
      remedy: /keep one/,
      kind: 'warning',
    },
    'a setting that a later file overrides': {
      plant: () => writeFileSync(path.join(folder, '.env.local'), 'OIDC_NAME=Other\n', { mode: 0o600 }),
      names: /OIDC_NAME of \.env is overridden by \.env\.local/,
      remedy: /keep one/,
      kind: 'warning',
    },
    'a misspelt setting': {
      file: (text) => text.replace('KUNACORE_API_KEY=', 'KUNACORE_APIKEY='),
      names: /KUNACORE_APIKEY in \.env is not a setting/,
      remedy: /write KUNACORE_API_KEY/,
    },
    'a setting that looks like one of Next': {
      file: (text) => `${text}NEXT_AUTH_URL=https://portal.bank.example\n`,
      names: /NEXT_AUTH_URL in \.env is not a setting/,
      remedy: /write NEXTAUTH_URL/,
    },
    'an unknown setting in the environment': {
      environment: { KUNACORE_TIMEOUT: '5' },
      names: /KUNACORE_TIMEOUT in the environment is not a setting/,
      remedy: /\.env\.example/,
      kind: 'warning',
    },
    'a missing setting': {
      settings: { KUNACORE_API_KEY: '' },
      names: /KUNACORE_API_KEY is missing/,
      remedy: /set it, or KUNACORE_MERCHANT_ID/,
    },
    'both kinds of credentials': {
      settings: { KUNACORE_LOGIN: 'me' },
      names: /KUNACORE_API_KEY is set together with KUNACORE_LOGIN/,
      remedy: /choose one way/,
    },
    'a source of details that does not exist': {
      settings: { KYC_MAX_AGE_HOURS: 'a day' },
      names: /KYC_MAX_AGE_HOURS/,
      remedy: /./,
    },
  },
  KunaCore: {
    'a KunaCore where nobody listens': {
      settings: { KUNACORE_API_URL: 'http://127.0.0.1:2' },
      names: /127\.0\.0\.1:2: nothing listens there \(ECONNREFUSED\)/,
      remedy: /KUNACORE_API_URL/,
    },
    'a wrong key': {
      settings: { KUNACORE_API_KEY: 'another-key' },
      names: /rejected with 401/,
      remedy: /compare KUNACORE_API_KEY/,
    },
    'a wrong login': {
      settings: {
        KUNACORE_API_KEY: '',
        KUNACORE_MERCHANT_ID: 'm',
        KUNACORE_LOGIN: 'l',
        KUNACORE_PASSWORD: 'wrong-one',
      },
      names: /\/v2\/auth\/login: rejected/,
      remedy: /compare KUNACORE_MERCHANT_ID, KUNACORE_LOGIN and KUNACORE_PASSWORD/,
    },
    'the version in the address': {
      plant: () => ({ KUNACORE_API_URL: `${sandbox.apiUrl}/v2` }),
      names: /rejected with 404/,
      remedy: /remove \/v2 at the end of KUNACORE_API_URL/,
    },
    'another service': { plant: api(status(404)), names: /rejected with 404/, remedy: /another service answers/ },
    'a web page in place of KunaCore': {
      plant: api(html),
      names: /not JSON/,
      remedy: /KUNACORE_API_URL.*proxy's page/,
    },
    'a KunaCore that leads elsewhere': {
      plant: api(status(302, { location: 'https://api.kuna.example/v2/rate/equivalent' })),
      names: /redirect/,
      remedy: /KUNACORE_API_URL .* \(https:\/\/api\.kuna\.example\)/,
    },
    'a network that KunaCore does not know': { plant: api(status(403)), names: /403/, remedy: /allow this network/ },
    'a KunaCore without rates': { plant: api(data([])), names: /without a single rate/, remedy: /account is active/ },
    'a KunaCore that is down': { plant: api(status(503)), names: /rejected with 503/, remedy: /try again later/ },
    'a clock ten minutes behind': {
      plant: api((_, response) => {
        response.setHeader('date', new Date(Date.now() - 600_000).toUTCString());
        data([{ asset: 'BTC', equivalent: { USD: '1' } }])(_, response);
      }),
      names: /clock of KunaCore differs .* by -(59|60)\d s/,
      remedy: /NTP/,
    },
    'a KunaCore that never answers': {
      plant: api(() => {}),
      limitMs: 300,
      names: /no result within 0\.3 s/,
      remedy: /firewall/,
    },
  },
  // By the example of the institution's service
  'Identity check': {
    'a certificate that has expired': {
      plant: kycTls({ key: pem('expired'), cert: pem('expired') }, 'localhost', 'expired'),
      names: /expired \(CERT_HAS_EXPIRED\)/,
      remedy: /renewed/,
    },
    'a certificate for another name': {
      plant: kycTls({}, '127.0.0.2'),
      names: /certificate is for localhost.*\*\.bank\.test/,
      remedy: /KYC_URL/,
    },
    'an unknown authority': {
      plant: kycTls({}, 'localhost', ''),
      names: /authority of the certificate is unknown/,
      remedy: /EXTRA_CA_CERTS/,
    },
    'a wrong authority of its own': {
      plant: kycTls({}, 'localhost', 'expired'),
      names: /authority of the certificate is unknown/,
      remedy: /KYC_CA/,
    },
    'a port without TLS': {
      plant: () => ({ KYC_URL: servers.kyc.replace('http:', 'https:') }),
      names: /does not speak TLS/,
      remedy: /port in KYC_URL/,
    },
    'TLS 1.1': {
      plant: kycTls({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
      names: /no TLS 1\.2 or 1\.3/,
      remedy: /enable TLS 1\.2/,
    },
    'a host without an address': {
      settings: { KYC_URL: 'https://kyc.invalid/kyc' },
      names: /kyc\.invalid:443: (this name has no address|the name server does not answer)/,
      remedy: /name server/,
    },
    'a firewall that cuts TLS': {
      plant: async () => {
        const server = createTcpServer((socket) => socket.destroy());
        onTestFinished(() => void server.close());
        return { KYC_URL: `https://127.0.0.1:${await listen(server)}/kyc` };
      },
      names: /the connection broke/,
      remedy: /firewall cuts TLS/,
    },

    'a wrong token of the service': {
      settings: { KYC_TOKEN: 'another-token-of-it' },
      names: /no answer that counts \(status 401\)/,
      remedy: /compare KYC_TOKEN/,
    },
    'a wrong path of the service': {
      plant: () => ({ KYC_URL: servers.kyc.replace('/kyc', '/other') }),
      names: /answers 404 without credentials/,
      remedy: /path in KYC_URL/,
      kind: 'warning',
    },
    'a service that leads elsewhere': {
      plant: () => {
        kyc = status(308, { location: '/new' });
      },
      names: /\(redirect 308\)/,
      remedy: /KYC_URL/,
    },
    'a service that knows everybody': {
      plant: () => {
        kyc = async (request, response) => {
          const { subject } = await bodyOf(request);
          response.end(JSON.stringify({ subject, fields: { firstName: { value: 'A' } } }));
        };
      },
      names: /knows a person who cannot exist/,
      remedy: /answer 404/,
    },
    'a service that answers with a page': {
      plant: () => {
        kyc = html;
      },
      names: /\(not-json\)/,
      remedy: /docs\/kyc\.md/,
    },
  },
  'Identity provider': {
    'a wrong client secret': {
      settings: { OIDC_CLIENT_SECRET: 'another-secret-of-the-client' },
      names: /token endpoint: .*\(client, invalid_client\)/,
      remedy: /OIDC_CLIENT_SECRET/,
    },
    'a redirect address that is not registered': {
      plant: () => {
        provider.behaviour.redirectUris = ['https://portal.bank.example/callback'];
      },
      names: /refuses the client id or the redirect address/,
      remedy: /register http:\/\/localhost:\d+\/api\/auth\/callback\/oidc exactly/,
    },
  },
  Mail: {
    'a mail server where nobody listens': {
      settings: { EMAIL_SERVER: 'smtp://127.0.0.1:2' },
      names: /127\.0\.0\.1:2: nothing listens there/,
      remedy: /EMAIL_SERVER/,
    },
    'a wrong password at the mail server': {
      plant: () => ({ EMAIL_SERVER: servers.smtp.replace(/:[^:@]+@/, ':wrong-password@') }),
      names: /refuses user name or password \(535\)/,
      remedy: /EMAIL_SERVER; write @ .* percent-encoded/,
    },
    'a mail server without a login': {
      plant: mail({ disabledCommands: ['AUTH'] }),
      names: /offers no login/,
      remedy: /submission port/,
    },
    'a mail server without STARTTLS': {
      plant: mail({}, '?requireTLS=true'),
      names: /offers no STARTTLS/,
      remedy: /smtps:\/\//,
    },
    'a mail server with an unknown authority': {
      plant: mail({ hideSTARTTLS: false, key: pem('server'), cert: pem('server') }, '?requireTLS=true'),
      names: /authority of the certificate is unknown/,
      remedy: /EXTRA_CA_CERTS/,
    },
    'a sender that the mail server refuses': {
      plant: mail({ onMailFrom: (_, __, done) => done(Object.assign(new Error('no'), { responseCode: 553 })) }),
      names: /refuses messages from no-reply@example\.com \(553/,
      remedy: /EMAIL_FROM/,
    },
    'a sender that is no address': {
      settings: { EMAIL_FROM: 'Dnipro Bank' },
      names: /EMAIL_FROM holds no address/,
      remedy: /"Name <address>"/,
    },
    'a mail server that blocks this machine': {
      plant: mail({ onConnect: (_, done) => done(Object.assign(new Error('no'), { responseCode: 554 })) }),
      names: /greets with 554/,
      remedy: /blocked/,
    },
  },
  Widget: {
    'a widget that refuses every frame': {
      plant: widget({ 'x-frame-options': 'DENY' }),
      names: /may not be framed by http:\/\/localhost:\d+ \(X-Frame-Options\)/,
      remedy: /NEXTAUTH_URL/,
    },
    'a widget for other frames': {
      plant: widget({ 'content-security-policy': "frame-ancestors 'self' https://*.bank.example" }),
      names: /may not be framed .* \(Content-Security-Policy: frame-ancestors\)/,
      remedy: /ask Kuna to allow/,
    },
    'a widget that leads elsewhere': {
      plant: widget({ location: 'https://login.kuna.example/' }, 302),
      names: /leads on to https:\/\/login\.kuna\.example/,
      remedy: /KUNACORE_WIDGET_URL/,
    },
    'no widget at this path': { plant: widget({}, 404), names: /answers 404/, remedy: /KUNACORE_WIDGET_URL/ },
    'an institution that the widget refuses': {
      plant: widget({}, 403),
      names: /answers 403 for this institution/,
      remedy: /KUNACORE_INSTITUTION_ID/,
    },
    'the API in place of the widget': {
      plant: widget({ 'content-type': 'application/json' }),
      names: /no page/,
      remedy: /compare KUNACORE_WIDGET_URL/,
    },
    'an id of no institution': {
      settings: { KUNACORE_INSTITUTION_ID: 'dnipro-bank' },
      plant: widget({}),
      names: /KUNACORE_INSTITUTION_ID does not look like/,
      remedy: /what Kuna issued/,
      kind: 'warning',
    },
  },
  'Public address': {
    'a portal that does not run': {
      settings: { NEXTAUTH_URL: 'http://localhost:2' },
      names: /localhost:2: nothing listens there/,
      remedy: /start the server/,
      kind: 'warning',
    },
    'a proxy that does not reach the portal': {
      plant: () => {
        front = status(502);
      },
      names: /proxy in front answers 502/,
      remedy: /proxy’s settings/,
      kind: 'warning',
    },
    'another program at the address': {
      plant: () => {
        front = html;
      },
      names: /another program answers at http:\/\/localhost/,
      remedy: /NEXTAUTH_URL/,
    },
    'a proxy that replaces the Host header': {
      plant: () => {
        front = (request, response) =>
          request.url === '/' ? response.writeHead(421).end() : healthyFront(request, response);
      },
      names: /replaces the Host header/,
      remedy: /proxy_set_header Host/,
    },
    'a proxy with a policy of its own': {
      plant: () => {
        front = (request, response) =>
          request.url === '/'
            ? response.writeHead(200, { ...PAGE, 'content-security-policy': "default-src 'self'" }).end()
            : healthyFront(request, response);
      },
      names: /replaces Content-Security-Policy/,
      remedy: /remove that rule/,
    },
  },
  'This machine': {
    'a portal that is not built': {
      plant: () => rmSync(path.join(folder, '.next/BUILD_ID')),
      names: /not built/,
      remedy: /npm run build/,
      kind: 'warning',
    },
    'a build of an older source': {
      plant: () => {
        mkdirSync(path.join(folder, 'app'));
        writeFileSync(path.join(folder, 'app/page.tsx'), '');
        utimesSync(path.join(folder, '.next/BUILD_ID'), new Date(0), new Date(0));
      },
      names: /build is older than the source \(app\/page\.tsx\)/,
      remedy: /npm run build/,
      kind: 'warning',
    },
  },
};

const planted = Object.entries(FAULTS).flatMap(([group, faults]) =>
  Object.entries(faults).map(([name, fault]) => [name, group, fault] as const),
);

test.each(planted)('names the setting and the remedy of %s (%s)', async (_, group, fault) => {
  const more = ((await fault.plant?.()) ?? {}) as Record<string, string>;
  const groups = await run({ ...fault, only: [group.toLowerCase()], settings: { ...fault.settings, ...more } });
  const found = linesOf(groups).filter(({ kind, text }) => kind !== 'ok' && fault.names.test(text));
  expect(toText(groups)).toMatch(fault.names);
  expect(found).toEqual([
    { kind: fault.kind ?? 'failed', text: expect.any(String), remedy: expect.stringMatching(fault.remedy) },
  ]);
  expect(hasFailed(groups)).toBe(fault.kind !== 'warning');
});

test('finds nothing in a healthy environment, and shows no secret', async () => {
  const groups = await run();
  expect(linesOf(groups).filter(({ kind }) => kind !== 'ok')).toEqual([]);
  expect(groups.map(({ name }) => name)).toContain('Identity check');
  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), KYC_TOKEN, CLIENT_SECRET, SAMPLE.NEXTAUTH_SECRET])
    expect(JSON.stringify(groups)).not.toContain(secret);
});

test('says of every choice of .env.example that it must not go into production', () => {
  const own = { NEXTAUTH_URL: 'https://portal.bank.example' };
  const { lines } = readConfiguration({ ...SAMPLE, ...own });
  const named = (kind: string) => lines.filter((line) => line.kind === kind).map(({ text }) => text.split(' ')[0]);
  expect(named('failed').sort()).toEqual(
    [
      'DATABASE_URL',
      'EMAIL_FROM',
      'EMAIL_SERVER',
      'KUNACORE_API_KEY',
      'KUNACORE_API_URL',
      'KUNACORE_INSTITUTION_ID',
      'KUNACORE_WIDGET_URL',
      'KYC_TOKEN',
      'KYC_URL',
      'NEXTAUTH_SECRET',
      'OIDC_CLIENT_SECRET',
      'OIDC_ISSUER',
      'OIDC_NAME',
      'OPERATOR_EMAILS',
      'PII_KEYS',
    ].sort(),
  );
  expect(named('warning')).toEqual(['KUNACORE_WIDGET_TYPE', 'TRUSTED_PROXY_HOPS']);
  expect(lines.every(({ remedy }) => remedy)).toBe(true);
});

test('tries the other neighbours where a setting of one is malformed', async () => {
  const groups = await run({ settings: { KUNACORE_API_URL: 'api.kunacore.example' } });
  const first = (name: string) => groups.find((group) => group.name === name)?.lines[0];
  expect(first('Configuration')).toMatchObject({ kind: 'failed', text: 'KUNACORE_API_URL is not a URL' });
  expect(first('KunaCore')).toMatchObject({ kind: 'failed', text: 'not tried: KUNACORE_API_URL cannot be used' });
  expect(first('Widget')).toMatchObject({ kind: 'ok' });
});

test('warns of a certificate that ends within three weeks', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(new X509Certificate(pem('server')).validTo).getTime() - 864e6 });
  onTestFinished(() => void vi.useRealTimers());
  const authority = { variable: 'KYC_CA', pem: pem('authority') };
  const server = { variable: 'KYC_URL', host: 'localhost', port: await serveTls({}), authority };
  expect(await checkTls(server)).toMatchObject({ kind: 'warning', text: expect.stringContaining('in 10 days') });
});

test('names a Node that is too old', () => {
  const [node] = checkMachine(folder, { database: { kind: 'embedded', directory: '.data' } }, 'v18.20.4');
  expect(node).toMatchObject({ kind: 'failed', remedy: 'install Node 20.19 or later' });
});

test.each([
  [null, []],
  [128, ['warning']],
  [512, ['warning']],
  [2048, ['ok']],
])('judges a memory limit of %s MiB beside a heap of 1024 MiB', (limit, kinds) => {
  const lines = checkMemory(limit === null ? null : limit * 1024 * 1024, 1024 * 1024 * 1024);
  expect(lines.map(({ kind }) => kind)).toEqual(kinds);
});
