// ASVS 5.0: 2.2.3
import { getCountries, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, test } from 'vitest';
import { phoneExample, readPhone } from './phone';

test.each([
  ['WhatsApp’s way to show a Mexican number', '+52 1 55 1234 5678', '', '+525512345678'],
  ['a Mexican number in one piece', '+5215512345678', 'UA', '+525512345678'],
  ['brackets around the old 1', '+52 (1) 55 1234-5678', '', '+525512345678'],
  ['a Mexican number after 00', '0052 1 55 1234 5678', 'UA', '+525512345678'],
  ['a Mexican number without plus', '52 1 55 1234 5678', 'MX', '+525512345678'],
  ['the old Mexican prefix of mobiles', '044 55 1234 5678', 'MX', '+525512345678'],
  ['the old Mexican prefix for other towns', '01 55 1234 5678', 'MX', '+525512345678'],
  ['the new Mexican form', '+52 55 1234 5678', '', '+525512345678'],
  ['an Argentine mobile', '+54 9 11 2345-6789', '', '+5491123456789'],
  ['an Argentine mobile in its national form', '011 15-2345-6789', 'AR', '+5491123456789'],
  ['a Brazilian number with the digit of a carrier', '0 15 11 91234-5678', 'BR', '+5511912345678'],
  ['an Italian number, which keeps its 0', '06 1234 5678', 'IT', '+390612345678'],
  ['an Italian number with (0)', '+39 (0)6 1234 5678', '', '+390612345678'],
  ['00 where a call abroad begins otherwise', '00 44 20 7946 0958', 'US', '+442079460958'],
  ['00 without a country', '0044 20 7946 0958', '', '+442079460958'],
  ['011 of North America', '011 44 20 7946 0958', 'US', '+442079460958'],
  ['full-width digits', '＋３８０６７１２３４５６７', '', '+380671234567'],
  ['Arabic-Indic digits', '+٩٦٦٥٠١٢٣٤٥٦٧', '', '+966501234567'],
  ['Persian digits', '۰۹۱۲ ۳۴۵ ۶۷۸۹', 'IR', '+989123456789'],
  ['Devanagari digits', '+९१ ९८७६५ ४३२१०', '', '+919876543210'],
  ['Thai digits', '๐๘๑ ๒๓๔ ๕๖๗๘', 'TH', '+66812345678'],
  ['what a phone copies from its contacts', '\u202d+380\u00a067\u2011123\u201145\u201167\u202c', '', '+380671234567'],
  ['invisible characters between digits', '+380\u200b67\u00ad123\u2060 45 67', '', '+380671234567'],
  ['a link', 'tel:+380-67-123-45-67', '', '+380671234567'],
  ['a number without plus', '380671234567', 'UA', '+380671234567'],
  ['(0) after the country code', '+380 (0) 50 123 4567', 'PL', '+380501234567'],
])('reads %s', (_name, typed, country, number) => {
  expect(readPhone(typed, country)?.number).toBe(number);
});

test.each([
  ['two numbers', '+380671234567, +380501234567', 'UA'],
  ['a number that may be American', '1 55 1234 5678', 'MX'],
  ['a national number without a country', '067 123 45 67', ''],
  ['nothing of the kind', 'abc', 'UA'],
])('reads no number from %s', (_name, typed, country) => {
  expect(readPhone(typed, country)).toBeUndefined();
});

test('reads an extension apart from the number', () => {
  expect(readPhone('067 123 45 67 ext. 5', 'UA')).toMatchObject({ number: '+380671234567', ext: '5' });
});

describe('of every country', () => {
  const numbers = getCountries().flatMap((country) => getExampleNumber(country, examples) ?? []);
  const wide = (text: string) => text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));

  test('reads a mobile number the same in every notation, also with invisible characters', () => {
    expect(numbers.length).toBeGreaterThan(230);
    for (const phone of numbers) {
      const international = phone.formatInternational();
      const spellings = [
        ...[phone.number, international, phone.formatNational(), wide(international), `\u202d${international}\u202c`],
        ...[international.replaceAll(' ', '\u00a0'), phone.number.split('').join('\u200b')],
      ];
      for (const typed of spellings)
        expect(readPhone(typed, phone.country ?? '')?.number, `${phone.country} ${typed}`).toBe(phone.number);
      expect(readPhone(phone.number, 'UA')?.number).toBe(phone.number);
      // In some countries 00 begins something else: then it is nothing, never another number.
      const after00 = (country: string) => readPhone(phone.number.replace('+', '00'), country)?.number;
      expect([phone.number, undefined]).toContain(after00(phone.country ?? ''));
      expect(after00('UA')).toBe(phone.number);
    }
  });
});

test('shows an example number of the country, and none for an unknown country', () => {
  expect(phoneExample('UA')).toBe('+380 50 123 4567');
  expect(phoneExample('AQ')).toBe('');
  expect(phoneExample()).toBe('');
});
