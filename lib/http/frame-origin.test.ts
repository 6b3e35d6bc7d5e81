import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRuns } from '@/tests/fuzz';
import { frameOrigin } from './frame-origin';

const PORTAL = 'https://portal.bank.example';
const asked = (headers: Record<string, string>, pressed = false) => frameOrigin(new Headers(headers), PORTAL, pressed);
const ours = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'iframe' };
const referer = `${PORTAL}/account/buy`;

test.each<[string, Record<string, string>, boolean, string]>([
  ['a browser with Fetch Metadata', ours, false, 'ours'],
  ['another site’s frame', { ...ours, 'sec-fetch-site': 'cross-site' }, true, 'forbidden'],
  ['a sibling host’s frame', { ...ours, 'sec-fetch-site': 'same-site', referer }, true, 'forbidden'],
  ['a bookmark', { 'sec-fetch-site': 'none', 'sec-fetch-dest': 'document' }, true, 'forbidden'],
  ['a script of our page', { ...ours, 'sec-fetch-dest': 'empty' }, true, 'forbidden'],
  ['an old browser, from our page', { referer }, false, 'ours'],
  ['an old browser, from another site', { referer: 'https://evil.example/' }, true, 'forbidden'],
  ['an old browser, from a page without an address', { referer: 'about:blank' }, true, 'forbidden'],
  ['an old browser, from a host that only begins like ours', { referer: `${PORTAL}.evil.example/` }, true, 'forbidden'],
  ['an old browser that hides its pages, after "Buy crypto"', {}, true, 'ours'],
  ['an old browser that hides its pages, after a reload', {}, false, 'unproven'],
  ['a browser that says the site alone (Chrome 76 to 79)', { 'sec-fetch-site': 'same-origin', referer }, false, 'ours'],
])('%s', (_name, headers, pressed, expected) => {
  expect(asked(headers, pressed)).toBe(expected);
});

test('no word of another site leads to our frame, whatever else is sent [T2]', () => {
  const site = fc.option(fc.constantFrom('cross-site', 'same-site', 'none', 'same-origin', 'x'), { nil: undefined });
  const from = fc.option(fc.oneof(fc.webUrl(), fc.constant(referer), fc.constant('null')), { nil: undefined });
  fc.assert(
    fc.property(site, site, from, fc.boolean(), (said, destination, page, pressed) => {
      const headers: Record<string, string> = {
        ...(said ? { 'sec-fetch-site': said } : {}),
        ...(destination ? { 'sec-fetch-dest': destination } : {}),
        ...(page ? { referer: page } : {}),
      };
      const answer = asked(headers, pressed);
      const foreign = (said ?? 'same-origin') !== 'same-origin' || destination !== undefined;
      const foreignPage = said === undefined && page !== undefined && page !== referer;
      if (foreign || foreignPage) expect(answer).not.toBe('ours');
    }),
    fuzzRuns(2000),
  );
});
