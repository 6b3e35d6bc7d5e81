import { expect, test } from 'vitest';
import { parsePreferences, preferencesCookie } from './preferences';

test('what was chosen comes back from the cookie', () => {
  const { value } = preferencesCookie(true, { language: 'uk', theme: 'dark', currency: undefined });
  expect(value).toBe('language=uk&theme=dark');
  expect(parsePreferences(value)).toEqual({ language: 'uk', theme: 'dark' });
});

test.each([undefined, '', 'language=xx', 'theme=%00', '__proto__=1', 'language=uk&language=xx', '=&&&%'])(
  'a cookie like %j breaks nothing',
  (value) => {
    expect(Object.values(parsePreferences(value)).filter(Boolean)).toEqual([]);
  },
);

test('on https no other host can set it', () => {
  expect(preferencesCookie(true, {})).toMatchObject({ name: '__Host-preferences', secure: true, path: '/' });
  expect(preferencesCookie(false, {})).toMatchObject({ name: 'preferences', secure: false });
});
