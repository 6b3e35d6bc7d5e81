import { expect, test } from 'vitest';
import { packedCountries } from './countries';
import { unpackCountries, withFirst } from './packed-countries';

test.each(['en', 'uk'])('unpacks the countries of the details form in their order (%s)', (language) => {
  const countries = unpackCountries(packedCountries(language));
  expect(countries.length).toBeGreaterThan(240);
  expect(new Set(countries.map(({ code }) => code)).size).toBe(countries.length);
  for (const { code, name } of countries) expect(`${code} ${name}`).toMatch(/^[A-Z]{2} \p{Lu}[^;]+$/u);
  const names = countries.map(({ name }) => name);
  expect(names).toEqual(names.toSorted((one, other) => one.localeCompare(other, language)));
  expect(countries).toContainEqual({ code: 'UA', name: language === 'en' ? 'Ukraine' : 'Україна' });
});

test('puts the expected countries first, once each, and loses none', () => {
  const countries = unpackCountries(packedCountries('en'));
  const ordered = withFirst(countries, ['PL', undefined, 'UA', 'PL', 'XX', '']);
  expect(ordered.slice(0, 3).map(({ code }) => code)).toEqual(['PL', 'UA', countries[0]?.code]);
  expect(new Set(ordered)).toEqual(new Set(countries));
  expect(ordered).toHaveLength(countries.length);
  expect(withFirst(countries, [undefined])).toEqual(countries);
});
