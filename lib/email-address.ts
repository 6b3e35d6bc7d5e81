import { domainToASCII, domainToUnicode } from 'node:url';
import { z } from 'zod';
import { cleanLine } from './text';

/** What browsers accept (HTML Standard, "valid e-mail address"). */
const mailbox = z.email({ pattern: z.regexes.html5Email }).max(254);

/**
 * One spelling per mailbox: trimmed, lower case, the local part ASCII, a domain of other letters as punycode. KunaCore
 * uses the address as its primary key, so look-alikes (full-width at sign, Cyrillic o) must not become a second person,
 * nor two addresses one. (ASVS 5.0 1.1.1, 2.2.1)
 * @returns the canonical address, or null when it is none.
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
 * The same for what a person typed or pasted: invisible characters are left out, because the link is mailed to the
 * address that is returned. A provider's claim proves nothing but the very address that it names.
 */
export function typedEmail(text: string): string | null {
  return canonicalEmail(cleanLine(text));
}

/** A domain in ASCII (RFC 5891), or null. What UTS 46 would map to other letters, or to nothing, is refused. */
function asciiDomain(domain: string): string | null {
  if (isAscii(domain)) return domain;
  const composed = domain.normalize('NFC');
  if (cleanLine(domain) !== composed || [...domain].some(isImitation)) return null;
  // One by one: the whole text's lower case has another sigma at the end of a word.
  const lower = Array.from(composed, (sign) => sign.toLowerCase()).join('');
  if (lower.split('.').some(mixesAlphabets)) return null;
  const ascii = domainToASCII(lower);
  return domainToUnicode(ascii) === lower ? ascii : null;
}

/** A sign that stands for another one, as full-width letters do, or whose lower case is ASCII, as the kelvin sign's. */
function isImitation(sign: string): boolean {
  if (isAscii(sign)) return false;
  return sign.normalize('NFKC') !== sign.normalize('NFC') || /\p{ASCII}/u.test(sign.toLowerCase());
}

/** Alphabets whose letters look alike; a label of two of them imitates one (Unicode Technical Standard 39, 5.2). */
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
