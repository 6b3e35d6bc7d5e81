import isoCountries from 'i18n-iso-countries';

/** ISO 3166-1 alpha-2 codes with their names, sorted as a reader of the language expects. */
export function countryNames(locale: string): { code: string; name: string }[] {
  const names = new Intl.DisplayNames([locale], { type: 'region' });
  return Object.keys(isoCountries.getAlpha2Codes())
    .map((code) => ({ code, name: names.of(code) ?? code }))
    .sort((one, other) => one.name.localeCompare(other.name, locale));
}
