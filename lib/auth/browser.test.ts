import { expect, test } from 'vitest';
import { clientAddress, networkOf } from './browser';

test.each([
  ['what Next noted of the connection', '203.0.113.7', 0, '203.0.113.7'],
  ['an IPv4 address in IPv6 clothes', '::ffff:203.0.113.7', 0, '203.0.113.7'],
  ['what our one proxy saw, not what the client made up', '10.9.9.9, 203.0.113.7', 1, '203.0.113.7'],
  ['what the outer of two proxies saw', '10.9.9.9, 203.0.113.7, 10.0.0.2', 2, '203.0.113.7'],
  ['nothing, when fewer proxies wrote than should have', '203.0.113.7', 2, null],
  ['nothing of what is no address', 'unknown', 0, null],
  ['nothing without the header', null, 0, null],
])('the address of a client is %s', (_name, header, hops, expected) => {
  expect(clientAddress(header, hops)).toBe(expected);
});

test.each([
  ['203.0.113.7', '203.0.113'],
  ['2001:db8:1:2::5', '2001:db8:1'],
  ['2001:DB8::5', '2001:db8:0'],
  ['::1', '0:0:0'],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
