import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { kycSource } from '@/lib/kyc/sources';
import { ConfigError, parseConfig } from './config';

const sample = parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>;
// A key and its certificate in one file.
const PEM = readFileSync('tests/self-signed.pem', 'utf8').trim();
const OTHER_KEY = String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));

function problems(settings: Record<string, string>): Record<string, string> {
  try {
    parseConfig({ ...sample, ...settings });
    return {};
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map(({ variable, problem }) => [variable, problem]));
  }
}

test.each<[string, Record<string, string>, string, RegExp]>([
  ['no address', { KYC_URL: '' }, 'KYC_URL', /is missing/],
  ['plain http', { KYC_URL: 'http://kyc.bank.example/' }, 'KYC_URL', /must be https/],
  ['a password in the address', { KYC_URL: 'https://u:p@kyc.bank.example/' }, 'KYC_URL', /user name or password/],
  ['no way to authenticate', { KYC_TOKEN: '' }, 'KYC_TOKEN', /set it, or KYC_CLIENT_CERT/],
  ['a token with a line break', { KYC_TOKEN: 'a\nb' }, 'KYC_TOKEN', /printable ASCII/],
  ['a certificate without its key', { KYC_CLIENT_CERT: PEM }, 'KYC_CLIENT_KEY', /is missing/],
  ['a key without its certificate', { KYC_CLIENT_KEY: PEM }, 'KYC_CLIENT_CERT', /is missing/],
  [
    'the key of another certificate',
    { KYC_CLIENT_CERT: PEM, KYC_CLIENT_KEY: OTHER_KEY },
    'KYC_CLIENT_KEY',
    /not the key/,
  ],
  ['a certificate that is none', { KYC_CA: 'ca.pem' }, 'KYC_CA', /certificate as PEM/],
  ['an age of nothing', { KYC_MAX_AGE_HOURS: '0' }, 'KYC_MAX_AGE_HOURS', /whole number/],
  ['an unknown trust', { KYC_CLAIMS: 'some' }, 'KYC_CLAIMS', /verified_claims, all/],
])('refuses %s', (_what, settings, variable, problem) => {
  expect(problems(settings)).toEqual({ [variable]: expect.stringMatching(problem) });
});

test('accepts a client certificate instead of a token, with its line breaks written out', () => {
  const pem = PEM.replaceAll('\n', '\\n');
  const { kyc } = parseConfig({ ...sample, KYC_TOKEN: '', KYC_CLIENT_CERT: pem, KYC_CLIENT_KEY: pem });
  expect(kyc.tls).toMatchObject({ cert: PEM, key: PEM });
});

test('an unset source is claims, and needs no service', () => {
  expect(problems({ KYC_SOURCE: '', KYC_URL: '', KYC_TOKEN: '' })).toEqual({});
  expect(parseConfig({ ...sample, KYC_SOURCE: '' }).kyc).toMatchObject({ source: 'claims', maxAgeHours: 24 });
});

test('a source that nobody has written stops the start', () => {
  Object.assign(process.env, sample, { KYC_SOURCE: 'toString' });
  expect(problems({ KYC_SOURCE: 'toString' })).toHaveProperty('KYC_SOURCE');
  process.env.KYC_SOURCE = 'core';
  expect(() => kycSource()).toThrow(/KYC_SOURCE: must be one of claims, http, (\S+, )*form/);
});
