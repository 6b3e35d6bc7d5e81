import { digitsOf, type Findable, wordsOfPerson } from './words';

/** The first letters of a word that are told apart by index. The rest is compared after decryption. */
const LONGEST_PREFIX = 10;
const SHORTEST_PREFIX = 3;
/** The last digits of a phone number that are told apart by index. */
const MOST_DIGITS = 9;
/** The fewest digits that find a phone number. */
export const FEWEST_DIGITS = 4;

/** Returns what a person is found by: the beginnings of their words, and the ends of their phone number. */
export function termsOf(person: Findable): Set<string> {
  const digits = digitsOf(person.phoneNumber ?? '');
  const ends = Array.from({ length: MOST_DIGITS }, (_, index) => digits.slice(-index - 1));
  return new Set([
    ...wordsOfPerson(person).flatMap(prefixesOf),
    ...ends.filter((end) => end.length >= FEWEST_DIGITS).map(phoneTerm),
  ]);
}

function prefixesOf(word: string): string[] {
  const letters = Array.from(word).slice(0, LONGEST_PREFIX);
  // A word of two letters, such as the name Li, is found as a whole. Initials find nobody.
  if (letters.length < SHORTEST_PREFIX) return letters.length === 2 ? [word] : [];
  return letters.map((_, index) => letters.slice(0, index + 1).join('')).slice(SHORTEST_PREFIX - 1);
}

/** Returns the term of a typed beginning of a word, or null when it is too short. */
export function wordTerm(word: string): string | null {
  return prefixesOf(word).at(-1) ?? null;
}

/** Returns the term of the last digits of a phone number. */
export function phoneTerm(digits: string): string {
  return `#${digits.slice(-MOST_DIGITS)}`;
}
