import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRuns } from '@/tests/fuzz';
import { parseTarget, type RequestTarget } from './request-target';

test.each<[string, string, RequestTarget | null]>([
  ['GET', '/', { path: '/' }],
  ['GET', '/account?x=1\\2&y=%00', { path: '/account?x=1\\2&y=%00' }],
  ['GET', '//evil.example', { path: '//evil.example' }],
  ['GET', 'http://evil.example/sign-in', { path: '/sign-in', host: 'evil.example' }],
  ['GET', 'HTTPS://portal.bank.example', { path: '/', host: 'portal.bank.example' }],
  ['GET', 'http://portal.bank.example?x=1', { path: '/?x=1', host: 'portal.bank.example' }],
  ['GET', 'http://portal.bank.example//evil.example', { path: '//evil.example', host: 'portal.bank.example' }],
  ['OPTIONS', '*', { path: '/' }],
  ...[
    '*',
    '',
    'account',
    'evil.example:443',
    'ftp://evil.example/',
    'javascript:x',
    '/\\evil.example',
    '/a\\..\\b',
    '?x',
  ].map((target) => ['GET', target, null] as [string, string, null]),
  ['GET', '/sign-in#x', null],
])('%s %s', (method, target, expected) => {
  expect(parseTarget(method, target)).toEqual(expected);
});

test('returns a path that begins with a slash and is unchanged, for any target', () => {
  const target = fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true }), fc.webPath());
  fc.assert(
    fc.property(target, (text) => {
      const read = parseTarget('GET', text);
      if (!read) return;
      expect(read.path).toMatch(/^\/[^\\#?]*(\?[^#]*)?$/);
      if (read.host === undefined) expect(read.path).toBe(text);
      else expect(text.toLowerCase()).toContain(`//${read.host.toLowerCase()}`);
    }),
    fuzzRuns(5000),
  );
});
