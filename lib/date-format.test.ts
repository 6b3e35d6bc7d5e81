// Dates and times are formatted in one place, as Europe writes them.
import { readFileSync } from 'node:fs';
import { TZDate } from '@date-fns/tz';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { brand } from '@/lib/brand/brand';
import { LANGUAGES, type Language } from '@/lib/choices';
import { fuzzRuns } from '@/tests/fuzz';
import { productionSources } from '@/tests/sources';
import { formatDate, formatForSpreadsheet } from './date-format';

/** Just after midnight where the institution is. */
const AFTER_MIDNIGHT = new Date(new TZDate(2026, 10, 26, 0, 19, 5, brand.timeZone).getTime()).toISOString();
/** Tested whether the portal has it or not. */
const UKRAINIAN = 'uk' as string as Language;
const FORMS = [
  {},
  { dateStyle: 'medium' },
  { dateStyle: 'long', timeStyle: 'medium' },
  { timeStyle: 'short' },
  { month: 'long', year: 'numeric' },
] as const;

test('writes the day before the month and 24 hours, in the zone of the institution', () => {
  expect(formatDate(AFTER_MIDNIGHT, 'en')).toBe('26 Nov 2026, 00:19');
  expect(formatDate(new Date(AFTER_MIDNIGHT), 'en', { dateStyle: 'long', timeStyle: 'medium' })).toBe(
    '26 November 2026 at 00:19:05',
  );
  expect(formatDate(AFTER_MIDNIGHT, UKRAINIAN)).toMatch(/^26 лист\. 2026 р\., 00:19$/);
  expect(formatDate(AFTER_MIDNIGHT, 'en', { month: 'long', year: 'numeric' })).toBe('November 2026');
});

test('never writes AM, PM or hour 24, for any moment in any form and language', () => {
  const moment = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(moment, fc.constantFrom(...FORMS), fc.constantFrom(...LANGUAGES), (at, form, language) => {
      expect(formatDate(at, language, form)).not.toMatch(/[ap]\.?m\.?$|пп|дп|(^|\s)24:/i);
    }),
    fuzzRuns(200),
  );
});

test('shows a text that is no date as it is', () => {
  expect(formatDate('yesterday', 'en')).toBe('yesterday');
  expect(formatForSpreadsheet('yesterday', 'Europe/Kyiv')).toBeNull();
});

test('no other file of the portal formats a date or an amount', () => {
  const own = ['lib/date-format.ts', 'lib/money/format.ts'];
  const elsewhere = [...productionSources()].filter(
    ([path, code]) =>
      !own.includes(path) &&
      /\.toLocale(Date|Time)?String\(|Intl\.(DateTimeFormat|NumberFormat)|\.dateTime\(|currencyDisplay/.test(code),
  );
  expect(elsewhere.map(([path]) => path)).toEqual([]);
  // A message with a date of its own would be American again.
  for (const language of LANGUAGES)
    expect(readFileSync(`lib/messages/${language}.json`, 'utf8')).not.toMatch(/\{\w+, (date|time)\b/);
});
