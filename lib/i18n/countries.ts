import isoCountries from 'i18n-iso-countries';
import { type CountryCode, getExampleNumber } from 'libphonenumber-js/min';
import examples from 'libphonenumber-js/mobile/examples';

/** A country of the details form. */
export interface Country {
  /** ISO 3166-1 alpha-2. */
  code: string;
  name: string;
  /** An example of a mobile number, such as "+380 50 123 4567"; empty when unknown. */
  phoneExample: string;
}

/** Returns all countries with their names, sorted by the rules of the language. */
export function listCountries(locale: string): Country[] {
  const names = new Intl.DisplayNames([locale], { type: 'region' });
  return Object.keys(isoCountries.getAlpha2Codes())
    .map((code) => ({
      code,
      name: names.of(code) ?? code,
      phoneExample: getExampleNumber(code as CountryCode, examples)?.formatInternational() ?? '',
    }))
    .sort((one, other) => one.name.localeCompare(other.name, locale));
}
