// ASVS 5.0: 4.1.3 15.3.4
import { isIP } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText, fuzzRuns } from '@/tests/fuzz';
import { clientAddress, networkOf, subscriberOf } from './client-address';

const CLIENT = '203.0.113.7';
const PROXY = '10.0.0.2';

test.each<[string, string | undefined, string | null, number, string | null]>([
  ['the address of the connection', CLIENT, null, 0, CLIENT],
  ['the address of the connection, whatever header the client sends', CLIENT, '10.9.9.9, 10.8.8.8', 0, CLIENT],
  ['an IPv4 address instead of its IPv6 mapping', `::ffff:${CLIENT}`, null, 0, CLIENT],
  ['a link-local address without the interface', 'fe80::1%eth0', null, 0, 'fe80::1'],
  ['the entry of the only proxy, not that of the client', PROXY, `10.9.9.9, ${CLIENT}`, 1, CLIENT],
  ['the entry of the outer of two proxies', PROXY, `10.9.9.9, ${CLIENT}, 10.0.0.3`, 2, CLIENT],
  ['null, when a proxy’s entry is missing', PROXY, CLIENT, 2, null],
  ['null for an invalid address', PROXY, 'unknown', 1, null],
  ['null without a connection', undefined, null, 0, null],
])('the address of a client is %s [T29]', (_name, connection, header, hops, expected) => {
  expect(clientAddress(connection, header, hops)).toBe(expected);
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2::5', '2001:db8:1:2'],
  ['2001:db8:1:2:ffff::9', '2001:db8:1:2'],
])('rate limits count %s as %s', (address, subscriber) => {
  expect(subscriberOf(address)).toBe(subscriber);
});

test.each([
  ['203.0.113.7', '203.0.113'],
  ['2001:db8:1:2::5', '2001:db8:1'],
  ['2001:DB8::5', '2001:db8:0'],
  ['::1', '0:0:0'],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('returns a valid address or null for any connection and header', () => {
  const address = fc.oneof(
    anyText,
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV6().map((text) => `${text}%eth0`),
  );
  const header = fc.oneof(
    fc.constant(null),
    fc.array(address, { maxLength: 4 }).map((all) => all.join(', ')),
  );
  fc.assert(
    fc.property(fc.option(address, { nil: undefined }), header, fc.nat(4), (connection, forwardedFor, hops) => {
      const found = clientAddress(connection, forwardedFor, hops);
      if (found === null) return;
      expect(isIP(found)).toBeGreaterThan(0);
      expect(subscriberOf(found)).toMatch(/^[\da-f.:]{1,39}$/);
      expect(networkOf(found)).toMatch(/^[\da-f.:]{1,39}$/);
    }),
    fuzzRuns(),
  );
});
