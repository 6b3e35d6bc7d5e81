import { domainToASCII, domainToUnicode } from 'node:url';
import { z } from 'zod';
import { cleanLine } from './text';

/** Accepts the same addresses as browsers (HTML Standard, "valid e-mail address"). */
const mailbox = z.email({ pattern: z.regexes.html5Email }).max(254);

/**
 * Returns the one spelling of a mailbox: trimmed, lower case, an ASCII local part, an international domain as punycode.
 * KunaCore uses the address as its primary key. Look-alikes (full-width at sign, Cyrillic o) must not become a second
 * person, nor two addresses one. (ASVS 5.0 1.1.1, 2.2.1)
 * @returns the canonical address, or null when invalid.
 */
export function canonicalEmail(text: string): string | null {
  const address = text.trim();
  const at = address.lastIndexOf('@');
  if (at < 0) return null;
  const local = address.slice(0, at);
  const domain = asciiDomain(address.slice(at + 1));
  if (!isAscii(local) || !domain) return null;
  return mailbox.safeParse(`${local}@${domain}`.toLowerCase()).data ?? null;
}

/**
 * Returns the canonical address of typed or pasted text. Removes invisible characters, which is safe because the link is
 * mailed to the result. A provider's claim proves only the exact address.
 */
export function typedEmail(text: string): string | null {
  return canonicalEmail(cleanLine(text));
}

/** Returns a domain in ASCII (RFC 5891), or null. Rejects characters that UTS 46 maps to others or removes. */
function asciiDomain(domain: string): string | null {
  if (isAscii(domain)) return domain;
  const composed = domain.normalize('NFC');
  if (cleanLine(domain) !== composed || [...domain, ...composed].some(isImitation)) return null;
  // Character by character, because a whole text gets a different sigma at the end of a word.
  const lower = Array.from(composed, (sign) => sign.toLowerCase()).join('');
  if (lower.split('.').some(mixesAlphabets)) return null;
  const ascii = domainToASCII(lower);
  return domainToUnicode(ascii) === lower ? ascii : null;
}

/** Reports whether a character imitates another: full-width letters, or a lower case in ASCII like the kelvin sign's. */
function isImitation(sign: string): boolean {
  if (isAscii(sign)) return false;
  return sign.normalize('NFKC') !== sign.normalize('NFC') || /\p{ASCII}/u.test(sign.toLowerCase());
}

/** Alphabets with similar letters. A label that mixes them is an imitation (Unicode Technical Standard 39, 5.2). */
const ALPHABETS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Coptic}/u,
];

function mixesAlphabets(label: string): boolean {
  return ALPHABETS.filter((alphabet) => alphabet.test(label)).length > 1;
}

function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}

/** Returns an address that is safe to show where the whole one need not be known: `o•••@example.com`. */
export function maskEmail(email: string): string {
  return email.replace(/^(.).*(?=@)/, '$1•••');
}

/** Returns an address for a heading: a long one loses its middle, so that its beginning and its domain stay. */
export function shortAddress(address: string, most = 36): string {
  const signs = [...address];
  if (signs.length <= most) return address;
  const end = Math.ceil((most - 1) / 2);
  return `${signs.slice(0, most - 1 - end).join('')}…${signs.slice(-end).join('')}`;
}
