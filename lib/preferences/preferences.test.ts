// ASVS 5.0: 3.3.1 15.3.7
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CURRENCIES, LANGUAGES, THEMES } from '@/lib/choices';
import { anyText, fuzzRuns } from '@/tests/fuzz';
import { parsePreferences, preferencesCookie } from './preferences';

const OTHER = LANGUAGES.at(-1);

test('reads the chosen preferences back from the cookie', () => {
  const { value } = preferencesCookie(true, { language: OTHER, theme: 'dark', currency: undefined });
  expect(value).toBe(`language=${OTHER}&theme=dark`);
  expect(parsePreferences(value)).toEqual({ language: OTHER, theme: 'dark' });
});

test.each([undefined, '', 'language=xx', 'theme=%00', '__proto__=1', 'language=en&language=xx', '=&&&%'])(
  'ignores the cookie %j',
  (value) => {
    expect(Object.values(parsePreferences(value)).filter(Boolean)).toEqual([]);
  },
);

test('uses a `__Host-` cookie on https', () => {
  expect(preferencesCookie(true, {})).toMatchObject({ name: '__Host-preferences', secure: true, path: '/' });
  expect(preferencesCookie(false, {})).toMatchObject({ name: 'preferences', secure: false });
});

test('returns only known values for any form or cookie, and keeps them in the cookie', () => {
  const name = fc.oneof(fc.constantFrom('language', 'theme', 'currency'), anyText);
  const value = fc.oneof(fc.constantFrom(...LANGUAGES, ...THEMES, ...CURRENCIES), anyText);
  const entries = fc.array(fc.tuple(name, value), { maxLength: 5 });
  const given = fc.oneof(
    anyText,
    entries.map((all) => new URLSearchParams(all).toString()),
    entries.map(asForm),
  );
  fc.assert(
    fc.property(given, (cookieOrForm) => {
      const chosen = parsePreferences(cookieOrForm);
      expect([...LANGUAGES, undefined]).toContain(chosen.language);
      expect([...THEMES, undefined]).toContain(chosen.theme);
      expect([...CURRENCIES, undefined]).toContain(chosen.currency);
      expect(['language', 'theme', 'currency']).toEqual(expect.arrayContaining(Object.keys(chosen)));
      const { value: kept } = preferencesCookie(true, chosen);
      expect(kept).toMatch(/^[\w=&]*$/);
      expect(parsePreferences(kept)).toEqual(chosen);
    }),
    fuzzRuns(),
  );
});

function asForm(entries: [string, string][]): FormData {
  const form = new FormData();
  for (const [name, value] of entries) form.append(name, value);
  return form;
}
