import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRuns } from '../testing/fuzz';
import { isLoopbackAddress, underConfiguredName } from './loopback';

const HERE = { loopback: true, portalOrigin: 'http://localhost:3000' };
const ask = (host: string, change: { method?: string; path?: string; rsc?: boolean } = {}, portal = HERE) => {
  const { method = 'GET', path = '/account?x=1', rsc = false } = change;
  const [pathname = '', query] = path.split('?');
  const headers = new Headers({ host, ...(rsc ? { rsc: '1' } : {}) });
  return underConfiguredName({ method, headers, pathname, search: query ? `?${query}` : '' }, portal);
};

test.each([
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['192.0.2.2', false],
  ['::ffff:192.0.2.2', false],
  ['fe80::1%lo', false],
  ['fd00::2', false],
  ['1127.0.0.1', false],
  ['127.0.0.1.evil.example', false],
  ['', false],
])('a connection from %s comes from this machine: %s', (address, expected) => {
  expect(isLoopbackAddress(address)).toBe(expected);
});

test('only addresses that the standard reserves for loopback come from this machine', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => isLoopbackAddress(address) === address.startsWith('127.')),
    fuzzRuns(1000),
  );
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const canonical = new URL(`http://[${address}]`).hostname;
      return !isLoopbackAddress(address) || canonical === '[::1]' || canonical.startsWith('[::ffff:7f');
    }),
    fuzzRuns(1000),
  );
});

test.each(['127.0.0.1:3000', '[::1]:3000', '127.0.0.2:3000'])(
  'a page asked for at %s is led to the configured name, with its path and query',
  (host) => {
    expect(ask(host)).toBe('http://localhost:3000/account?x=1');
    expect(ask(host, { method: 'HEAD' })).toBe('http://localhost:3000/account?x=1');
  },
);

test('the configured name may be an address, and localhost leads there', () => {
  const portal = { loopback: true, portalOrigin: 'http://127.0.0.1:3000' };
  expect(ask('localhost:3000', {}, portal)).toBe('http://127.0.0.1:3000/account?x=1');
  expect(ask('127.0.0.1:3000', {}, portal)).toBeNull();
});

test.each<[string, string, Parameters<typeof ask>[1]]>([
  ['the configured name itself', 'localhost:3000', {}],
  ['another port', '127.0.0.1:3001', {}],
  ['no port', '127.0.0.1', {}],
  ['a form', '127.0.0.1:3000', { method: 'POST' }],
  ["Next's own fetch, which would lose its cookies", '127.0.0.1:3000', { rsc: true }],
  ['health, which answers under any name', '127.0.0.1:3000', { path: '/api/health/ready' }],
  ['another host', 'evil.example:3000', {}],
  ['a host that only begins like this machine', '127.0.0.1.evil.example:3000', {}],
  ['a user name', 'x@127.0.0.1:3000', {}],
  ['nothing', '', {}],
])('%s is not led anywhere', (_name, host, change) => {
  expect(ask(host, change)).toBeNull();
});

test('off loopback nothing is led, whatever the host', () => {
  const portal = { loopback: false, portalOrigin: 'https://portal.bank.example' };
  for (const host of ['127.0.0.1', 'localhost', 'www.portal.bank.example']) expect(ask(host, {}, portal)).toBeNull();
});

test('whatever the path, the redirect stays on the configured origin', () => {
  const path = fc.oneof(
    fc.webPath(),
    fc.constantFrom('//evil.example', '/\\evil.example', '/.//evil.example', '/@evil'),
  );
  fc.assert(
    fc.property(path, (pathname) => {
      const address = ask('127.0.0.1:3000', { path: pathname.startsWith('/api/') ? '/' : pathname || '/' });
      return address !== null && new URL(address).origin === HERE.portalOrigin;
    }),
    fuzzRuns(1000),
  );
});
