import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** Reads a phone number as typed; a national one in the chosen country. Undefined when it is none that can exist. */
export function readPhone(typed: string, country: string) {
  const region = isSupportedCountry(country) ? (country as CountryCode) : undefined;
  const phone = parsePhoneNumberFromString(typed, region);
  return phone?.isValid() ? phone : undefined;
}
