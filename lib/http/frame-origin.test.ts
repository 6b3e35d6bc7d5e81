import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRuns } from '@/tests/fuzz';
import { type Destination, frameOrigin } from './frame-origin';

const PORTAL = 'https://portal.bank.example';
const originFor = (headers: Record<string, string>, isProven = false, destination: Destination = 'iframe') =>
  frameOrigin(new Headers(headers), PORTAL, { destination, isProven });
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
])('classifies %s', (_name, headers, pressed, expected) => {
  expect(originFor(headers, pressed)).toBe(expected);
});

const tab = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'document', 'sec-fetch-user': '?1' };

test.each<[string, Record<string, string>, boolean, string]>([
  ['a link of our page', tab, false, 'ours'],
  ['a link of our page in Safari, which sends no Sec-Fetch-User', { ...tab, 'sec-fetch-user': '' }, false, 'ours'],
  ['our page’s prefetch', { ...tab, 'sec-purpose': 'prefetch' }, true, 'forbidden'],
  ['our page’s prerendering', { ...tab, 'sec-purpose': 'prefetch;prerender' }, true, 'forbidden'],
  ['an older prefetch', { referer, purpose: 'prefetch' }, true, 'forbidden'],
  ['a link of another site', { ...tab, 'sec-fetch-site': 'cross-site' }, true, 'forbidden'],
  ['a bookmark, a typed or a copied address', { ...tab, 'sec-fetch-site': 'none' }, true, 'forbidden'],
  ['a frame in place of the tab', { ...tab, 'sec-fetch-dest': 'iframe' }, true, 'forbidden'],
  ['a script of our page', { ...tab, 'sec-fetch-dest': 'empty' }, true, 'forbidden'],
  ['an old browser, from our page', { referer }, false, 'ours'],
  ['an old browser, from another site', { referer: 'https://evil.example/' }, true, 'forbidden'],
  ['an old browser that hides its pages, from our page', {}, true, 'ours'],
  ['an old browser that hides its pages, from anywhere', {}, false, 'unproven'],
])('in a tab of its own, classifies %s', (_name, headers, isProven, expected) => {
  expect(originFor(headers, isProven, 'document')).toBe(expected);
});

test('never accepts a request of another site [T2]', () => {
  const site = fc.option(fc.constantFrom('cross-site', 'same-site', 'none', 'same-origin', 'x'), { nil: undefined });
  const from = fc.option(fc.oneof(fc.webUrl(), fc.constant(referer), fc.constant('null')), { nil: undefined });
  fc.assert(
    fc.property(site, site, from, fc.boolean(), (fetchSite, destination, page, pressed) => {
      const headers: Record<string, string> = {
        ...(fetchSite ? { 'sec-fetch-site': fetchSite } : {}),
        ...(destination ? { 'sec-fetch-dest': destination } : {}),
        ...(page ? { referer: page } : {}),
      };
      const result = originFor(headers, pressed);
      const foreign = (fetchSite ?? 'same-origin') !== 'same-origin' || destination !== undefined;
      const foreignPage = fetchSite === undefined && page !== undefined && page !== referer;
      if (foreign || foreignPage) expect(result).not.toBe('ours');
    }),
    fuzzRuns(2000),
  );
});
