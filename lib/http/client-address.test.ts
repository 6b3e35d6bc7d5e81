// ASVS 5.0: 4.1.3 15.3.4
import { isIP } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText, fuzzRuns } from '@/tests/fuzz';
import { clientAddress, networkOf, subscriberOf } from './client-address';

const CLIENT = '203.0.113.7';
const PROXY = '10.0.0.2';

test.each<[string, string | undefined, string | null, number, string | null]>([
  ['the connection’s', CLIENT, null, 0, CLIENT],
  ['the connection’s, whatever the client writes into the header', CLIENT, '10.9.9.9, 10.8.8.8', 0, CLIENT],
  ['an IPv4 address in IPv6 clothes', `::ffff:${CLIENT}`, null, 0, CLIENT],
  ['a link-local one, without the name of our interface', 'fe80::1%eth0', null, 0, 'fe80::1'],
  ['what our one proxy saw, not what the client made up', PROXY, `10.9.9.9, ${CLIENT}`, 1, CLIENT],
  ['what the outer of two proxies saw', PROXY, `10.9.9.9, ${CLIENT}, 10.0.0.3`, 2, CLIENT],
  ['nothing, when fewer proxies wrote than should have', PROXY, CLIENT, 2, null],
  ['nothing of what is no address', PROXY, 'unknown', 1, null],
  ['nothing without a connection', undefined, null, 0, null],
])('the address of a client is %s [T29]', (_name, connection, header, hops, expected) => {
  expect(clientAddress(connection, header, hops)).toBe(expected);
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2::5', '2001:db8:1:2'],
  ['2001:db8:1:2:ffff::9', '2001:db8:1:2'],
])('limits count %s as %s', (address, subscriber) => {
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

test('whatever connection and header say: an address that can be counted, or null', () => {
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
