import 'server-only';
import isoCountries from 'i18n-iso-countries';
import { LANGUAGES } from '@/lib/choices';
import { cleanLine } from '@/lib/text';

/** Codes and names that the list of countries lacks. */
const ALSO = new Map(
  Object.entries({
    // Reserved for these two (ISO 3166-1, European Union).
    UK: 'GB',
    EL: 'GR',
    // Former codes.
    ROM: 'RO',
    TMP: 'TL',
    ZAR: 'CD',
    // Parts of a country that passports name.
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

/** Returns the claimed country as ISO 3166-1 alpha-2; undefined when it is unknown or ambiguous. */
export function readCountry(claim: string): string | undefined {
  const text = cleanLine(claim);
  const code = text.toUpperCase();
  const known = ALSO.get(code) ?? ALSO.get(nameKey(text)) ?? byCode(code) ?? names().get(nameKey(text));
  return known && isoCountries.isValid(known) ? known : undefined;
}

/** Reads alpha-2, alpha-3, or numeric codes with or without leading zeros. */
function byCode(code: string): string | undefined {
  if (/^[A-Z]{2,3}$/.test(code)) return isoCountries.toAlpha2(code);
  return /^\d{1,3}$/.test(code) ? isoCountries.toAlpha2(code.padStart(3, '0')) : undefined;
}

let collected: Map<string, string | undefined> | undefined;

function names(): Map<string, string | undefined> {
  collected ??= collectNames();
  return collected;
}

/** Collects names in every language of the list; a name that two countries share leads to neither. */
function collectNames(): Map<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  const add = (name: string, code: string) => {
    const key = nameKey(name);
    if (key) found.set(key, found.has(key) && found.get(key) !== code ? undefined : code);
  };
  for (const language of isoCountries.getSupportedLanguages())
    for (const [code, all] of Object.entries(isoCountries.getNames(language, { select: 'all' })))
      for (const name of all) add(name, code);
  // Names that this portal shows.
  for (const language of LANGUAGES) {
    const displayed = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    for (const code of Object.keys(isoCountries.getAlpha2Codes())) add(displayed.of(code) ?? '', code);
  }
  return found;
}

/** Removes case, accents, spaces, punctuation and the article: "The Côte d’Ivoire" → "cotedivoire". */
function nameKey(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/^the\s/, '')
    .replace(/[^\p{L}\p{M}\p{N}]|[\u0300-\u036f]/gu, '');
}
