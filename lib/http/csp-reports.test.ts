import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText, fuzzRuns } from '@/tests/fuzz';
import { recordViolations, type SeenViolations } from './csp-reports';

const ORIGIN = 'https://portal.bank.example';
const PAGE = `${ORIGIN}/account?secret=1`;
const nothing = (): SeenViolations => ({ kinds: new Set(), origins: new Map(), until: 0 });
const record = (text: string, state = nothing(), now = 0) => recordViolations(text, ORIGIN, state, now);
const blocked = (url: string, directive = 'img-src', page = PAGE) =>
  JSON.stringify([
    { type: 'csp-violation', body: { effectiveDirective: directive, blockedURL: url, documentURL: page } },
  ]);

test('reads both report formats, and leaves out queries', () => {
  const expected = [{ directive: 'img-src', blocked: 'https://evil.example', page: '/account' }];
  expect(record(blocked('https://evil.example/x?token=1'))).toEqual(expected);
  const old = { 'effective-directive': 'img-src', 'blocked-uri': 'https://evil.example/x', 'document-uri': PAGE };
  expect(record(JSON.stringify({ 'csp-report': old }))).toEqual(expected);
  // Older browsers send only the violated directive, with its value.
  const older = {
    'violated-directive': "img-src 'self' data:",
    'blocked-uri': 'https://evil.example',
    'document-uri': PAGE,
  };
  expect(record(JSON.stringify({ 'csp-report': older }))).toEqual(expected);
});

test('reports each kind of violation once an hour', () => {
  const state = nothing();
  const HOUR = 3_600_000;
  const counts = [0, 1, HOUR - 1, HOUR, HOUR + 1, 2 * HOUR].map((now) => record(blocked('inline'), state, now).length);
  expect(counts).toEqual([1, 0, 0, 1, 0, 1]);
});

test.each([
  ['another site’s page', 'img-src', 'https://other.example/account'],
  ['our host with another scheme', 'img-src', 'http://portal.bank.example/account'],
  ['our host with another port', 'img-src', 'https://portal.bank.example:8443/account'],
  ['no page', 'img-src', ''],
  ['about:blank', 'img-src', 'about:blank'],
  ['a directive that does not exist', 'invented-src', PAGE],
  ['no directive', '', PAGE],
  ['a directive in capitals', 'IMG-SRC', PAGE],
])('ignores a report about %s', (_, directive, page) => {
  expect(record(blocked('inline', directive, page))).toEqual([]);
});

test('bounds a flood of invented reports, which hides no real kind of violation [T34]', () => {
  const directives = ['img-src', 'script-src-elem', 'connect-src', 'style-src-attr'];
  const made = fc.record({
    directive: fc.oneof(fc.constantFrom(...directives), anyText),
    url: fc.oneof(fc.webUrl(), anyText, fc.constantFrom('inline', 'eval', 'data', 'https://h.example')),
    page: fc.oneof(
      fc.webPath().map((path) => ORIGIN + path),
      fc.webUrl(),
    ),
  });
  fc.assert(
    fc.property(
      fc.array(made, { minLength: 50, maxLength: 400 }),
      fc.constantFrom(...directives),
      (flood, directive) => {
        const state = nothing();
        const reported = flood.flatMap(({ url, directive: by, page }) => record(blocked(url, by, page), state));
        // Twenty origins, "another" and eight keywords, in five areas of the portal and outside them.
        expect(reported.length).toBeLessThanOrEqual(directives.length * (20 + 1 + 8) * 6);
        // A real violation from a new origin: named, or counted as the first "another".
        const real = record(blocked('https://evil.example/x.js', directive, `${ORIGIN}/sign-in`), state);
        const before = reported.some(
          (one) => one.directive === directive && one.blocked === 'another' && /^\/sign-in/.test(one.page),
        );
        expect(real.length > 0 || before).toBe(true);
      },
    ),
    fuzzRuns(100),
  );
});

test('still reports keywords and other directives after 500 invented origins', () => {
  const state = nothing();
  const flood = Array.from({ length: 500 }, (_, n) => record(blocked(`https://h${n}.example`), state).length);
  expect(flood.reduce((sum, one) => sum + one)).toBe(21);
  expect(record(blocked('inline'), state)).toHaveLength(1);
  expect(record(blocked('https://evil.example', 'script-src-elem'), state)).toHaveLength(1);
  expect(record(blocked('https://evil.example', 'img-src', `${ORIGIN}/sign-in`), state)).toHaveLength(1);
  expect(state.origins.get('img-src')?.size).toBe(20);
});

test('never throws, and returns short values without line breaks, for any body [T34]', () => {
  const report = fc.record({
    type: fc.constantFrom('csp-violation', 'other'),
    body: fc.dictionary(
      fc.constantFrom('effectiveDirective', 'blockedURL', 'documentURL'),
      fc.oneof(anyText, fc.webUrl({ withQueryParameters: true }), fc.constantFrom(PAGE, 'img-src', 'inline')),
    ),
  });
  const field = fc.constantFrom('effective-directive', 'violated-directive', 'blocked-uri', 'document-uri');
  const old = fc.dictionary(field, fc.oneof(anyText, fc.webUrl(), fc.constantFrom(PAGE, 'img-src', 'inline')));
  const anything = fc.oneof(
    fc.json(),
    anyText,
    old.map((inner) => JSON.stringify({ 'csp-report': inner })),
    fc.array(report).map((list) => JSON.stringify(list)),
  );
  fc.assert(
    fc.property(anything, (text) =>
      record(text).every((found) =>
        Object.values(found).every((value) => value.length < 300 && !/[\n\r\u2028]/.test(value)),
      ),
    ),
    fuzzRuns(1000),
  );
});
