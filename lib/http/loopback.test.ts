import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRuns } from '@/tests/fuzz';
import { isLoopbackAddress, isOtherLoopbackName } from './loopback';

const HERE = 'http://localhost:3000';

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
])('recognises a connection from %s as local: %s', (address, expected) => {
  expect(isLoopbackAddress(address)).toBe(expected);
});

test('accepts only the loopback addresses of the standard as local', () => {
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

test.each(['127.0.0.1:3000', '[::1]:3000', '127.0.0.2:3000'])('%s is another name of this machine', (host) => {
  expect(isOtherLoopbackName(host, HERE)).toBe(true);
});

test('recognises localhost as another name of a configured loopback address', () => {
  expect(isOtherLoopbackName('localhost:3000', 'http://127.0.0.1:3000')).toBe(true);
  expect(isOtherLoopbackName('127.0.0.1:3000', 'http://127.0.0.1:3000')).toBe(false);
});

test.each([
  ['the configured name itself', 'localhost:3000'],
  ['another port', '127.0.0.1:3001'],
  ['no port', '127.0.0.1'],
  ['another host', 'evil.example:3000'],
  ['a host that begins with a loopback address', '127.0.0.1.evil.example:3000'],
  ['a user name', 'x@127.0.0.1:3000'],
  ['a path', '127.0.0.1:3000/..'],
  ['nothing', ''],
])('%s is not another name of this machine', (_name, host) => {
  expect(isOtherLoopbackName(host, HERE)).toBe(false);
});

test('recognises no other name for a portal off loopback', () => {
  for (const host of ['127.0.0.1', 'localhost', 'www.portal.bank.example'])
    expect(isOtherLoopbackName(host, 'https://portal.bank.example')).toBe(false);
});
