import {
  type CountryCode,
  getExampleNumber,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min';
import examples from 'libphonenumber-js/mobile/examples';
import { cleanLine, toAsciiDigits } from '@/lib/text';

/**
 * Reads a typed phone number, a national one in the chosen country. Undefined when it is invalid or ambiguous. An
 * extension is read apart from the number.
 */
export function readPhone(typed: string, country: string) {
  const region = isSupportedCountry(country) ? (country as CountryCode) : undefined;
  const text = toAsciiDigits(cleanLine(typed)).replace(/[\uff0b\ufe62]/g, '+');
  const read = [...spellings(text, country)].map((spelling) => parsePhoneNumberFromString(spelling, region));
  const [phone, ...others] = read.filter((number) => number?.isValid());
  // In some countries 00 also starts domestic numbers: an ambiguous number is not guessed.
  return others.every((other) => other?.number === phone?.number) ? phone : undefined;
}

/** Returns an example of a country's mobile numbers, such as "+380 50 123 4567"; empty when none is known. */
export function phoneExample(country = ''): string {
  return getExampleNumber(country as CountryCode, examples)?.formatInternational() ?? '';
}

/** Yields the number as typed, then without common prefixes that the numbering plan lacks. */
function* spellings(text: string, country: string): Generator<string> {
  yield text;
  // The usual international prefix, even where the chosen country has another one.
  const international = text.replace(/^(?:tel:)?\s*\(?00\)?/i, '+');
  if (international !== text) yield international;
  // Mexico dropped 1, 01, 044 and 045 before its numbers in 2019; WhatsApp and many contacts still have them.
  const old = country === 'MX' ? MEXICAN_OR_LOCAL : MEXICAN;
  if (old.test(international)) yield international.replace(old, '+52 ');
}

const BEFORE_TEN_DIGITS = String.raw`(?=(?:[\s().-]*\d){10}(?:\D|$))`;
const MEXICAN = new RegExp(String.raw`^(?:tel:)?\(?\+\s*52[\s().-]*(?:0?1|04[45])${BEFORE_TEN_DIGITS}`, 'i');
/** Without the country's code. A 1 alone is left out: such a number may be an American one. */
const MEXICAN_OR_LOCAL = new RegExp(
  String.raw`^(?:tel:)?\(?(?:\+?\s*52[\s().-]*(?:0?1|04[45])|01|04[45])${BEFORE_TEN_DIGITS}`,
  'i',
);
