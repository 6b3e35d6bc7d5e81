import countries from 'i18n-iso-countries';

/** ISO 3166-1 alpha-2 codes with their English names, ordered by name. */
export const countryNames: readonly (readonly [code: string, name: string])[] = Object.entries(
  countries.getNames('en'),
).sort(([, a], [, b]) => a.localeCompare(b, 'en'));

/** Returns whether this is an assigned alpha-2 code. */
export function isCountry(code: string): boolean {
  return countryNames.some(([known]) => known === code);
}
