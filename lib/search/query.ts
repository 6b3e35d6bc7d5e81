import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { cleanLine } from '@/lib/text';
import { FEWEST_DIGITS, phoneTerm, wordTerm } from './terms';
import { digitsOf, type Findable, wordsOf, wordsOfPerson } from './words';

/** What an operator typed to find a person. */
export interface Query {
  /** What it looks like; recorded in the audit log instead of the text. */
  kind: 'name' | 'email' | 'phone' | 'id';
  text: string;
  /** A person has all of these words, or their phone number ends with them. Empty when only an id can match. */
  words: string[];
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** Ids of KunaCore are texts without a documented form. */
const ID = /^(?=.*\d)[\w-]{8,64}$/;
const PHONE = /^(?=.*\d)[+\d\s().\-–/]+$/;

/** Reads what an operator typed. Says so when there is nothing, or too little to look for. */
export function readQuery(typed: string): Query | 'empty' | 'too-short' {
  const text = cleanLine(typed);
  if (!text) return 'empty';
  if (UUID.test(text)) return { kind: 'id', text: text.toLowerCase(), words: [] };
  if (text.includes('@')) return withTerms({ kind: 'email', text, words: wordsOf(text.replace(/@[^@]*$/, '')) });
  if (PHONE.test(text)) return withTerms({ kind: 'phone', text, words: [dialled(text)] });
  return withTerms({ kind: ID.test(text) ? 'id' : 'name', text, words: wordsOf(text) });
}

/** Leaves out initials, which find nobody. */
function withTerms(query: Query): Query | 'too-short' {
  const words = query.words.filter((word) => termsFor(word).length > 0);
  return words.length > 0 ? { ...query, words } : 'too-short';
}

/** Returns the digits of a number in any notation, without the (0) that some write behind the country's code. */
function dialled(text: string): string {
  const international = text.replace(/^\s*00/, '+');
  const number = international.startsWith('+') ? parsePhoneNumberFromString(international)?.number : undefined;
  return digitsOf(number ?? text);
}

/** Returns the terms of a word; a person who matches has at least one of them. */
export function termsFor(word: string): string[] {
  const term = wordTerm(word);
  return [...(term && !/^\d{1,3}$/.test(word) ? [term] : []), ...phoneEnds(word).map(phoneTerm)];
}

/** Returns how a typed number may end a stored one: as it is, or without the prefix that is dialled at home. */
function phoneEnds(word: string): string[] {
  if (!/^\d+$/.test(word)) return [];
  return [...new Set([word, word.replace(/^0+/, '')])].filter((digits) => digits.length >= FEWEST_DIGITS);
}

/** Reports whether a person is one whom the operator looks for. */
export function isMeant(person: Findable, { kind, text, words }: Query): boolean {
  if (kind === 'email' && !person.email?.startsWith(text.toLowerCase())) return false;
  const own = wordsOfPerson(person);
  const digits = digitsOf(person.phoneNumber ?? '');
  return words.every(
    (word) => own.some((one) => one.startsWith(word)) || phoneEnds(word).some((end) => digits.endsWith(end)),
  );
}
