import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { cleanLine, toAsciiDigits } from '@/lib/text';

/**
 * Reads a phone number as typed or pasted; a national one in the chosen country. Undefined when it is none that can
 * exist, or may be two. An extension is read apart from the number.
 */
export function readPhone(typed: string, country: string) {
  const region = isSupportedCountry(country) ? (country as CountryCode) : undefined;
  const text = toAsciiDigits(cleanLine(typed)).replace(/[\uff0b\ufe62]/g, '+');
  const read = [...spellings(text, country)].map((spelling) => parsePhoneNumberFromString(spelling, region));
  const [phone, ...others] = read.filter((one) => one?.isValid());
  // 00 begins other numbers than calls abroad in some countries: what can be read in two ways is not guessed.
  return others.every((other) => other?.number === phone?.number) ? phone : undefined;
}

/** As it is typed; then with what people write before a number, but the numbering plan does not know. */
function* spellings(text: string, country: string): Generator<string> {
  yield text;
  // The usual prefix of a call abroad, also where the chosen country has another one or none is chosen.
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
