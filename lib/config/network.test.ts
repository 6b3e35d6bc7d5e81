// ASVS 5.0: 12.3.2 13.3.1
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { CLIENT, EXPIRED, SERVER } from '@/tests/bank-network';
import { type ConfigError, parseConfig } from './config';

const SAMPLE = parseEnv(readFileSync('.env.example', 'utf8'));
const key = (name: string) => readFileSync(`sandbox/kunacore/keys/${name}.pem`, 'utf8');
const inOneLine = (pem: string) => pem.trim().replaceAll('\n', '\\n');

function problemsOf(change: Record<string, string>): { variable: string; problem: string }[] {
  try {
    parseConfig({ ...SAMPLE, ...change });
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
}

test.each([
  ['HTTPS_PROXY', 'http://proxy.bank.test:3128', 'http://proxy.bank.test:3128/'],
  ['HTTPS_PROXY', 'proxy.bank.test:3128', 'http://proxy.bank.test:3128/'],
  ['https_proxy', 'https://u:p@proxy.bank.test', 'https://u:p@proxy.bank.test/'],
])('%s=%s is the proxy', (name, value, href) => {
  expect(parseConfig({ ...SAMPLE, [name]: value }).network.proxy?.href).toBe(href);
});

test('EXTRA_CA_CERTS is a file or PEM', () => {
  const pem = readFileSync('tests/certificates/authority.pem', 'utf8');
  for (const EXTRA_CA_CERTS of ['tests/certificates/authority.pem', pem, inOneLine(pem)])
    expect(parseConfig({ ...SAMPLE, EXTRA_CA_CERTS }).network.authorities).toEqual([pem.trim()]);
  const two = parseConfig({ ...SAMPLE, EXTRA_CA_CERTS: `${pem}${SERVER}` });
  expect(two.network.authorities).toHaveLength(2);
});

const cert = { KUNACORE_CLIENT_CERT: inOneLine(CLIENT.cert), KUNACORE_CLIENT_KEY: inOneLine(CLIENT.key) };
const encryption = {
  KUNACORE_ENCRYPTION: 'on',
  KUNACORE_PUBLIC_KEY: inOneLine(key('kuna-public')),
  KUNACORE_PRIVATE_KEY: inOneLine(key('partner-private')),
};

test('client certificates belong to the origins of the API and of the provider', () => {
  const oidc = { OIDC_CLIENT_CERT: CLIENT.cert, OIDC_CLIENT_KEY: CLIENT.key };
  const { network, oidc: provider } = parseConfig({
    ...SAMPLE,
    ...cert,
    ...oidc,
    OIDC_CLIENT_AUTH: 'tls_client_auth',
    OIDC_CLIENT_SECRET: '',
  });
  expect([...network.keyPairs.keys()]).toEqual(['http://127.0.0.1:4010', 'http://127.0.0.1:4012']);
  expect(provider?.clientAuth).toBe('tls_client_auth');
});

test('the keys of the sandbox are accepted on this machine only', () => {
  expect(parseConfig({ ...SAMPLE, ...encryption }).kunacore?.encryption).toMatchObject({
    keyAlgorithm: 'RSA-OAEP-256',
    contentAlgorithm: 'A256GCM',
  });
  const inProduction = problemsOf({ ...encryption, NEXTAUTH_URL: 'https://portal.bank.example' });
  for (const variable of ['KUNACORE_PUBLIC_KEY', 'KUNACORE_PRIVATE_KEY'])
    expect(inProduction).toContainEqual({ variable, problem: 'is a key of the sandbox, which is public' });
});

test.each<[name: string, change: Record<string, string>, variable: string, problem: RegExp]>([
  ['a SOCKS proxy', { HTTPS_PROXY: 'socks5://proxy:1080' }, 'HTTPS_PROXY', /must be http/],
  ['a proxy with a path', { HTTPS_PROXY: 'http://proxy:80/proxy.pac' }, 'HTTPS_PROXY', /must be http/],
  ['two different proxies', { HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:1' }, 'HTTPS_PROXY', /differs/],
  ['two different lists', { NO_PROXY: 'a', no_proxy: 'b' }, 'NO_PROXY', /differs/],
  ['a missing file', { EXTRA_CA_CERTS: '/nowhere.pem' }, 'EXTRA_CA_CERTS', /cannot be read \(ENOENT\)/],
  ['a folder', { EXTRA_CA_CERTS: 'tests' }, 'EXTRA_CA_CERTS', /cannot be read \(EISDIR\)/],
  ['a file without a certificate', { EXTRA_CA_CERTS: 'package.json' }, 'EXTRA_CA_CERTS', /holds no certificate/],
  [
    'a broken certificate',
    { EXTRA_CA_CERTS: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
    'EXTRA_CA_CERTS',
    /cannot be read/,
  ],
  ['an expired authority', { EXTRA_CA_CERTS: EXPIRED }, 'EXTRA_CA_CERTS', /expired on 20/],
  ['a certificate without its key', { ...cert, KUNACORE_CLIENT_KEY: '' }, 'KUNACORE_CLIENT_KEY', /is missing/],
  ['a key without its certificate', { ...cert, KUNACORE_CLIENT_CERT: '' }, 'KUNACORE_CLIENT_CERT', /is missing/],
  ['another key', { ...cert, KUNACORE_CLIENT_KEY: SERVER }, 'KUNACORE_CLIENT_KEY', /is not the key/],
  [
    'an expired client certificate',
    { KUNACORE_CLIENT_CERT: EXPIRED, KUNACORE_CLIENT_KEY: EXPIRED },
    'KUNACORE_CLIENT_CERT',
    /expired/,
  ],
  ['tls_client_auth without a certificate', { OIDC_CLIENT_AUTH: 'tls_client_auth' }, 'OIDC_CLIENT_CERT', /is missing/],
  ['encryption without keys', { KUNACORE_ENCRYPTION: 'on' }, 'KUNACORE_PUBLIC_KEY', /is missing/],
  ['keys without encryption', { ...encryption, KUNACORE_ENCRYPTION: '' }, 'KUNACORE_ENCRYPTION', /is off/],
  [
    'our own public key',
    { ...encryption, KUNACORE_PUBLIC_KEY: key('partner-public') },
    'KUNACORE_PUBLIC_KEY',
    /public part/,
  ],
  [
    'a private key as public',
    { ...encryption, KUNACORE_PUBLIC_KEY: key('kuna-private') },
    'KUNACORE_PUBLIC_KEY',
    /RSA/,
  ],
  ['a key that is not RSA', { ...encryption, KUNACORE_PRIVATE_KEY: SERVER }, 'KUNACORE_PRIVATE_KEY', /RSA/],
  ['RSA1_5', { ...encryption, KUNACORE_ENCRYPTION_ALG: 'RSA1_5' }, 'KUNACORE_ENCRYPTION_ALG', /one of/],
])('%s stops the start', (_name, change, variable, problem) => {
  expect(problemsOf(change)).toContainEqual({ variable, problem: expect.stringMatching(problem) });
});

/** Parses the sample settings with NODE_EXTRA_CA_CERTS in a new process, which had it from its start or set it later. */
function startedWith(file: string, late: boolean): string {
  const program = `if (process.env.LATE) process.env.NODE_EXTRA_CA_CERTS = process.env.LATE;
    const { parseConfig } = await import('./lib/config/config.ts');
    try { parseConfig(process.env); console.log('ok') } catch (error) { console.log(error.message) }`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', program];
  const { NODE_EXTRA_CA_CERTS: _, ...others } = process.env;
  const given = late ? { LATE: file } : { NODE_EXTRA_CA_CERTS: file };
  const env = { ...others, ...SAMPLE, ...given, TSX_TSCONFIG_PATH: 'scripts/tsconfig.json' };
  return execFileSync(process.execPath, args, { env, encoding: 'utf8' });
}

test.runIf(process.platform === 'linux')('NODE_EXTRA_CA_CERTS stops the start where Node has not read it', () => {
  const file = 'tests/certificates/authority.pem';
  expect(startedWith(file, false)).toBe('ok\n');
  expect(startedWith(file, true)).toContain('NODE_EXTRA_CA_CERTS: has no effect in .env');
});
