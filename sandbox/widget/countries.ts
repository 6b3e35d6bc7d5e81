import countries from 'i18n-iso-countries';

/** ISO 3166-1 alpha-2 codes with their English names, in the order of the names. */
export const countryNames: readonly (readonly [code: string, name: string])[] = Object.entries(
  countries.getNames('en'),
).sort(([, a], [, b]) => a.localeCompare(b, 'en'));

/** Whether this is an alpha-2 code that is assigned. */
export function isCountry(code: string): boolean {
  return countryNames.some(([known]) => known === code);
}
