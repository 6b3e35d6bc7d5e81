import isoCountries from 'i18n-iso-countries';
import { type Country, packCountries } from './packed-countries';

const packed = new Map<string, string>();

/** Returns all countries for the details form (packed-countries.ts). Sorting them takes long, so once per language. */
export function packedCountries(locale: string): string {
  const known = packed.get(locale) ?? packCountries(listCountries(locale));
  packed.set(locale, known);
  return known;
}

/** Returns all countries with their names, sorted by the rules of the language. */
function listCountries(locale: string): Country[] {
  const names = new Intl.DisplayNames([locale], { type: 'region' });
  return Object.keys(isoCountries.getAlpha2Codes())
    .map((code) => ({ code, name: names.of(code) ?? code }))
    .sort((one, other) => one.name.localeCompare(other.name, locale));
}
