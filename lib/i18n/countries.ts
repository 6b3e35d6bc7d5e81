import isoCountries from 'i18n-iso-countries';
import { type CountryCode, getExampleNumber } from 'libphonenumber-js/min';
import examples from 'libphonenumber-js/mobile/examples';

/** A country as the details form offers it. */
export interface Country {
  /** ISO 3166-1 alpha-2. */
  code: string;
  name: string;
  /** How a mobile number is written there, e.g. "+380 50 123 4567"; empty where none is known. */
  phoneExample: string;
}

/** All countries with their names, sorted as a reader of the language expects. */
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
