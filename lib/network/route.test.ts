// ASVS 5.0: 13.2.4
import { expect, test } from 'vitest';
import { proxyFor } from './route';

const proxy = new URL('http://proxy.bank.test:3128');
const isProxied = (host: string, noProxy: string, port = 443) => proxyFor({ host, port }, { proxy, noProxy }) !== null;

test('without HTTPS_PROXY every connection is direct', () => {
  expect(proxyFor({ host: 'kuna.test', port: 443 }, { proxy: null, noProxy: '' })).toBeNull();
});

test.each(['localhost', 'LOCALHOST', 'localhost.', '127.0.0.1', '127.9.9.9', '::1', '[::1]', '0:0:0:0:0:0:0:1'])(
  'this machine is reached directly as %s',
  (host) => {
    expect(isProxied(host, '')).toBe(false);
  },
);

// The cases of curl's manual (--noproxy), of Go's net/http/httpproxy, and the usual mistakes.
test.each<[noProxy: string, host: string, direct: boolean]>([
  ['', 'kuna.test', false],
  ['*', 'kuna.test', true],
  ['*', '10.1.2.3', true],
  ['local.com', 'local.com', true],
  ['local.com', 'www.local.com', true],
  ['local.com', 'a.b.local.com', true],
  ['local.com', 'notlocal.com', false],
  ['local.com', 'local.com.evil.example', false],
  ['local.com', 'local', false],
  ['.local.com', 'www.local.com', true],
  ['.local.com', 'local.com', true],
  ['.local.com', 'notlocal.com', false],
  ['*.local.com', 'www.local.com', true],
  ['*.local.com', 'notlocal.com', false],
  ['*cal.com', 'local.com', false],
  ['LOCAL.com', 'www.local.COM', true],
  ['local.com.', 'local.com', true],
  ['local.com', 'local.com.', true],
  ['a.test,local.com', 'local.com', true],
  ['a.test, local.com', 'local.com', true],
  ['a.test local.com', 'local.com', true],
  [',,', 'local.com', false],
  ['.', 'local.com', false],
  ['com', 'local.com', true],
  ['10.1.2.3', '10.1.2.3', true],
  ['10.1.2.3', '10.1.2.30', false],
  ['1.2.3', '9.1.2.3', false],
  ['10.0.0.0/8', '10.1.2.3', true],
  ['10.0.0.0/8', '11.1.2.3', false],
  ['10.0.0.0/8', 'ten.test', false],
  ['10.0.0.0/0', '11.1.2.3', true],
  ['10.0.0.0/33', '10.1.2.3', false],
  ['10.0.0.0/', '10.0.0.0', false],
  ['10.0.0.0/x', '10.0.0.0', false],
  ['local.com/8', 'local.com', false],
  ['2001:db8::1', '2001:db8::1', true],
  ['2001:db8::1', '[2001:DB8:0::1]', true],
  ['[2001:db8::1]', '2001:db8::1', true],
  ['2001:db8::/32', '2001:db8:1::5', true],
  ['2001:db8::/32', '2001:db9::5', false],
  ['2001:db8::/32', '10.1.2.3', false],
])('NO_PROXY=%s reaches %s directly: %s', (noProxy, host, direct) => {
  expect(isProxied(host, noProxy)).toBe(!direct);
});

test.each<[noProxy: string, host: string, port: number, direct: boolean]>([
  ['local.com:443', 'local.com', 443, true],
  ['local.com:443', 'www.local.com', 443, true],
  ['local.com:443', 'local.com', 8443, false],
  ['.local.com:587', 'mail.local.com', 587, true],
  ['.local.com:587', 'mail.local.com', 465, false],
  ['10.1.2.3:443', '10.1.2.3', 443, true],
  ['10.1.2.3:443', '10.1.2.3', 444, false],
  ['[2001:db8::1]:443', '2001:db8::1', 443, true],
  ['[2001:db8::1]:443', '2001:db8::1', 444, false],
])('NO_PROXY=%s reaches %s on port %i directly: %s', (noProxy, host, port, direct) => {
  expect(isProxied(host, noProxy, port)).toBe(!direct);
});
