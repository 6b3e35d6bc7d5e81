// ASVS 5.0: 3.5.1 13.4.4
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRuns } from '@/tests/fuzz';
import { LONGEST_BODY, REFUSAL_STATUS, refuse } from './request-guard';

const PORTAL = 'https://portal.bank.example';
const own = { host: 'portal.bank.example', origin: PORTAL };
const check = (method: string, headers: Record<string, string>, pathname = '/account') =>
  refuse({ method, pathname, headers }, PORTAL);

test.each<[string, string, Record<string, string>, string | null]>([
  ['a page', 'GET', own, null],
  ['a head', 'HEAD', own, null],
  ['a form of ours', 'POST', own, null],
  ['another host', 'GET', { ...own, host: 'evil.example' }, 'host'],
  ['another port', 'GET', { ...own, host: 'portal.bank.example:8443' }, 'host'],
  ['no host', 'GET', {}, 'host'],
  ['the own host with its default port', 'GET', { ...own, host: 'Portal.Bank.example:443' }, null],
  ['cookies of other applications', 'GET', { ...own, cookie: 'x'.repeat(60_000) }, null],
  ['headers over the limit', 'GET', { ...own, cookie: 'x'.repeat(66_000) }, 'headers'],
  ...['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'].map(
    (method) => [method, method, own, 'method'] as [string, string, Record<string, string>, string],
  ),
  ['a form of another site', 'POST', { ...own, origin: 'https://evil.example' }, 'cross-site'],
  ['the other scheme', 'POST', { ...own, origin: 'http://portal.bank.example' }, 'cross-site'],
  ['a sandboxed frame', 'POST', { ...own, origin: 'null', 'sec-fetch-site': 'cross-site' }, 'cross-site'],
  ['a sandboxed frame in an old browser', 'POST', { ...own, origin: 'null' }, 'cross-site'],
  [
    'a form of ours in a browser that hides the origin',
    'POST',
    { ...own, origin: 'null', 'sec-fetch-site': 'same-origin' },
    null,
  ],
  ['no origin at all', 'POST', { host: own.host }, 'cross-site'],
  ['a body over the limit', 'POST', { ...own, 'content-length': String(LONGEST_BODY + 1) }, 'too-large'],
  ['a body at the limit', 'POST', { ...own, 'content-length': String(LONGEST_BODY) }, null],
  ['a body of unknown length', 'POST', { ...own, 'transfer-encoding': 'chunked' }, 'length'],
  ['an invalid action id', 'POST', { ...own, 'next-action': '../x' }, 'malformed'],
  ['a valid action id', 'POST', { ...own, 'next-action': 'a'.repeat(42) }, null],
])('checks %s [T11, T28]', (_name, method, headers, reason) => {
  expect(check(method, headers)).toBe(reason);
});

test('accepts health requests under any host and reports from any origin', () => {
  expect(check('GET', { host: '10.0.0.7:3000' }, '/api/health/ready')).toBeNull();
  expect(check('POST', { host: own.host }, '/api/csp-report')).toBeNull();
  expect(check('POST', { host: 'evil.example' }, '/api/csp-report')).toBe('host');
  // The identity provider's form, which is only led on.
  expect(check('POST', { host: own.host, origin: 'https://id.bank.example' }, '/api/auth/callback/oidc')).toBeNull();
  expect(check('POST', { host: own.host, origin: 'https://evil.example' }, '/api/auth/callback/email')).toBe(
    'cross-site',
  );
});

test('rejects changes from other origins with any headers [T11]', () => {
  const header = fc.string({ unit: 'grapheme-ascii' }).map((text) => text.replace(/[^\x21-\x7e]/g, ''));
  fc.assert(
    fc.property(fc.oneof(header, fc.constant('null')), fc.oneof(header, fc.constant('same-origin')), (origin, site) => {
      const reason = check('POST', { host: own.host, origin, 'sec-fetch-site': site });
      const isHidden = origin === 'null' && site === 'same-origin';
      return origin === PORTAL || isHidden || reason === 'cross-site';
    }),
    fuzzRuns(5000),
  );
});

test('gives every rejection a 4xx status', () => {
  for (const status of Object.values(REFUSAL_STATUS)) expect(Math.floor(status / 100)).toBe(4);
});
