/** What a person can be found by, apart from ids. */
export interface Findable {
  email: string | null;
  firstName?: string | null | undefined;
  lastName?: string | null | undefined;
  phoneNumber?: string | null | undefined;
}

/** Apostrophes, as Ukrainian keyboards, phones and office programs write them. */
const APOSTROPHES = /['`´‘’ʹʼˈ′＇]/g;
const DIACRITICS = /\p{M}/gu;
const BETWEEN_WORDS = /[^\p{L}\p{N}]+/u;

/**
 * Returns the words of a text in one spelling: no case, diacritics or apostrophes (Unicode NFKD). Latin and Cyrillic
 * letters stay what they are.
 */
export function wordsOf(text: string): string[] {
  const plain = text.normalize('NFKD').replace(DIACRITICS, '').replace(APOSTROPHES, '');
  // Twice, because only the upper case of ß has the usual spelling, ss.
  return plain.toUpperCase().toLowerCase().split(BETWEEN_WORDS).filter(Boolean);
}

/** Returns the words of a person: of both names and of the e-mail address before the @. */
export function wordsOfPerson({ firstName, lastName, email }: Findable): string[] {
  return [firstName, lastName, email?.replace(/@[^@]*$/, '')].flatMap((text) => wordsOf(text ?? ''));
}

/** Returns the digits of a phone number. */
export function digitsOf(phoneNumber: string): string {
  return phoneNumber.replace(/\D/g, '');
}
