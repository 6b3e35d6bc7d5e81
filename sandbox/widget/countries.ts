import countries from 'i18n-iso-countries';

/** Returns ISO 3166-1 alpha-2 codes with their names, ordered by name. */
export function countryNames(language: 'en' | 'uk'): [code: string, name: string][] {
  return Object.entries(countries.getNames(language)).sort(([, a], [, b]) => a.localeCompare(b, language));
}

const codes = new Set(Object.keys(countries.getAlpha2Codes()));

/** Returns whether this is an assigned alpha-2 code. */
export function isCountry(code: string): boolean {
  return codes.has(code);
}
