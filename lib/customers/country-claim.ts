import 'server-only';
import isoCountries from 'i18n-iso-countries';
import { LANGUAGES } from '@/lib/choices';
import { cleanLine } from '@/lib/text';

/** Codes of other lists, and names that no list of countries has. */
const ALSO = new Map(
  Object.entries({
    // Reserved for these two (ISO 3166-1, European Union).
    UK: 'GB',
    EL: 'GR',
    // Before they changed.
    ROM: 'RO',
    TMP: 'TL',
    ZAR: 'CD',
    // Parts of a country that passports and people name.
    england: 'GB',
    scotland: 'GB',
    wales: 'GB',
    northernireland: 'GB',
    greatbritain: 'GB',
    англія: 'GB',
    великобританія: 'GB',
    holland: 'NL',
    burma: 'MM',
    swaziland: 'SZ',
    czechrepublic: 'CZ',
    vatican: 'VA',
    ватикан: 'VA',
    сполученіштатиамерики: 'US',
  }),
);

/** The country that a claim names, as ISO 3166-1 alpha-2; undefined when it names none, or may name several. */
export function readCountry(claim: string): string | undefined {
  const text = cleanLine(claim);
  const code = text.toUpperCase();
  const known = ALSO.get(code) ?? ALSO.get(nameKey(text)) ?? byCode(code) ?? names().get(nameKey(text));
  return known && isoCountries.isValid(known) ? known : undefined;
}

/** Alpha-2, alpha-3, or numeric with or without its leading zeros. */
function byCode(code: string): string | undefined {
  if (/^[A-Z]{2,3}$/.test(code)) return isoCountries.toAlpha2(code);
  return /^\d{1,3}$/.test(code) ? isoCountries.toAlpha2(code.padStart(3, '0')) : undefined;
}

let known: Map<string, string | undefined> | undefined;

/** Names in every language that the list of countries has; a name that two countries have is left out. */
function names(): Map<string, string | undefined> {
  known ??= collectNames();
  return known;
}

function collectNames(): Map<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  const add = (name: string, code: string) => {
    const key = nameKey(name);
    if (key) found.set(key, found.has(key) && found.get(key) !== code ? undefined : code);
  };
  for (const language of isoCountries.getSupportedLanguages())
    for (const [code, all] of Object.entries(isoCountries.getNames(language, { select: 'all' })))
      for (const name of all) add(name, code);
  // As this portal shows them.
  for (const language of LANGUAGES) {
    const displayed = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    for (const code of Object.keys(isoCountries.getAlpha2Codes())) add(displayed.of(code) ?? '', code);
  }
  return found;
}

/** Without case, accents, spaces, punctuation and the article: "The Côte d’Ivoire" → "cotedivoire". */
function nameKey(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/^the\s/, '')
    .replace(/[^\p{L}\p{M}\p{N}]|[\u0300-\u036f]/gu, '');
}
