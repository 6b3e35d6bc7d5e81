import { expect, test } from 'vitest';
import { isPageVisit } from './page-visit';

const visit = { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate' };

test.each([
  ['a navigation', visit, true],
  ['a navigation from another site', { ...visit, 'sec-fetch-site': 'cross-site' }, true],
  ['a prefetch', { ...visit, 'sec-purpose': 'prefetch' }, false],
  ['a prefetch through a proxy', { ...visit, 'sec-purpose': 'prefetch;anonymous-client-ip' }, false],
  ['a page rendered in advance', { ...visit, 'sec-purpose': 'prefetch;prerender' }, false],
  ['a prefetch of an older browser', { ...visit, purpose: 'prefetch' }, false],
  ['a prefetch of the router', { 'sec-fetch-dest': 'empty', rsc: '1', 'next-router-prefetch': '1' }, false],
  ['a refresh in place', { 'sec-fetch-dest': 'empty', rsc: '1' }, false],
  ['a frame', { 'sec-fetch-dest': 'iframe' }, false],
  ['a client without Fetch Metadata', {}, false],
])('%s is told apart from a page visit: %o', (_, headers, expected) => {
  expect(isPageVisit(headers)).toBe(expected);
});
