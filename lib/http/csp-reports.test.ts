import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText, fuzzRuns } from '../testing/fuzz';
import { noteViolations } from './csp-reports';

const PAGE = 'https://portal.bank.example/account?secret=1';
const blocked = (url: string, directive = 'img-src') =>
  JSON.stringify([
    { type: 'csp-violation', body: { effectiveDirective: directive, blockedURL: url, documentURL: PAGE } },
  ]);

test('both forms of a report say the same, without queries', () => {
  const expected = [{ directive: 'img-src', blocked: 'https://evil.example', page: '/account' }];
  expect(noteViolations(blocked('https://evil.example/x?token=1'), new Set())).toEqual(expected);
  const old = { 'effective-directive': 'img-src', 'blocked-uri': 'https://evil.example/x', 'document-uri': PAGE };
  expect(noteViolations(JSON.stringify({ 'csp-report': old }), new Set())).toEqual(expected);
});

test('a kind is told once, and no more than a hundred kinds', () => {
  const kinds = new Set<string>();
  const report = blocked('inline');
  expect(noteViolations(report, kinds)).toHaveLength(1);
  expect(noteViolations(report, kinds)).toHaveLength(0);
  const many = Array.from({ length: 500 }, (_, n) => noteViolations(blocked(`https://h${n}.example`), kinds).length);
  expect(many.reduce((sum, one) => sum + one)).toBe(99);
});

test('whatever is posted: nothing thrown, nothing long, no line break', () => {
  const report = fc.record({
    type: fc.constantFrom('csp-violation', 'other'),
    body: fc.dictionary(
      fc.constantFrom('effectiveDirective', 'blockedURL', 'documentURL'),
      fc.oneof(anyText, fc.webUrl({ withQueryParameters: true })),
    ),
  });
  const field = fc.constantFrom('effective-directive', 'violated-directive', 'blocked-uri', 'document-uri');
  const old = fc.dictionary(field, fc.oneof(anyText, fc.webUrl()));
  const anything = fc.oneof(
    fc.json(),
    anyText,
    old.map((inner) => JSON.stringify({ 'csp-report': inner })),
    fc.array(report).map((list) => JSON.stringify(list)),
  );
  fc.assert(
    fc.property(anything, (text) =>
      noteViolations(text, new Set()).every((found) =>
        Object.values(found).every((value) => value.length < 300 && !/[\n\r\u2028]/.test(value)),
      ),
    ),
    fuzzRuns(1000),
  );
});
