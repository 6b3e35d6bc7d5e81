import 'server-only';
import { stdnum } from 'stdnum';
import { toAsciiDigits } from '@/lib/text';
import type { Details, NumberDoubt, NumberField } from './detail-fields';
import { fields } from './details-schema';

/** stdnum's names for tax numbers of persons, where a check digit is published. */
const TAX_NUMBERS: Record<string, string[]> = {
  AR: ['cuit'],
  AT: ['tin'],
  AU: ['tfn'],
  BE: ['nn', 'bis', 'insz'],
  BG: ['egn', 'pnf'],
  BR: ['cpf'],
  CA: ['sin'],
  CH: ['ssn'],
  CL: ['rut', 'run'],
  CY: ['vat'],
  CZ: ['rc'],
  DE: ['idnr'],
  EE: ['ik'],
  ES: ['dni', 'nie', 'nif'],
  FI: ['hetu'],
  FR: ['nif'],
  GB: ['utr', 'nino'],
  GR: ['vat'],
  HR: ['oib'],
  IE: ['pps'],
  IL: ['idnr'],
  IT: ['codicefiscale'],
  LT: ['asmens'],
  LV: ['pvn'],
  NL: ['bsn'],
  NO: ['fodselsnummer'],
  NZ: ['ird'],
  PL: ['pesel', 'nip'],
  PT: ['nif'],
  RO: ['cnp'],
  RS: ['jmbg'],
  SE: ['personnummer'],
  SI: ['ddv'],
  SK: ['rc', 'dph'],
  TR: ['tckimlik'],
  UA: ['rntrc'],
  ZA: ['tin', 'idnr'],
};

/** Documents whose number has a check digit; the shape of the number tells them apart from other documents. */
const DOCUMENTS: Record<string, { shape: RegExp; fits: (number: string) => boolean }> = {
  // With the check digit that follows the number in the machine-readable zone (ICAO Doc 9303).
  DE: { shape: /^[\dCFGHJKLMNPRTVWXYZ]{9}\d$/, fits: (number) => weighted(number.slice(0, 9)) === Number(number[9]) },
  ES: { shape: /^(?:\d{8}|[XYZ]\d{7})[A-Z]$/, fits: (number) => isOne('ES', ['dni', 'nie'], number) },
  // The first digit checks the letters before it and the digits after it.
  PL: {
    shape: /^[A-Z]{3}\d{6}$/,
    fits: (number) => weighted(number.slice(0, 3) + number.slice(4), [7, 3, 1, 7, 3, 1, 7, 3]) === Number(number[3]),
  },
};

/**
 * Returns the numbers of a submitted form that do not fit the chosen country, by check digit or format, and whether the
 * person has confirmed each. Only a warning: people have numbers of other countries, and offices make exceptions.
 * @param settled values that the form does not ask for.
 */
export function numberDoubts(form: FormData, settled: Partial<Details> = {}): NumberDoubt[] {
  const country = settled.country ?? String(form.get('country') ?? '');
  const confirmed = form.getAll('asItStands');
  return (['documentNumber', 'taxNumber'] as const).flatMap((field) => {
    const number = fields[field].safeParse(String(form.get(field) ?? '')).data;
    if (settled[field] !== undefined || !number || !isDoubtful(field, number, country)) return [];
    return [{ field, number, confirmed: confirmed.includes(`${field}:${number}`) }];
  });
}

/** Returns whether a typed number cannot be one of the country's. */
export function isDoubtful(field: NumberField, typed: string, country: string): boolean {
  const number = toAsciiDigits(typed.normalize('NFKC')).toUpperCase();
  const compact = number.replace(/[\s./-]/g, '');
  if (field === 'taxNumber') {
    const kinds = Object.hasOwn(TAX_NUMBERS, country) ? TAX_NUMBERS[country] : undefined;
    return kinds !== undefined && ![number, compact].some((spelling) => isOne(country, kinds, spelling));
  }
  const document = Object.hasOwn(DOCUMENTS, country) ? DOCUMENTS[country] : undefined;
  return document?.shape.test(compact) ? !document.fits(compact) : false;
}

function isOne(country: string, kinds: string[], number: string): boolean {
  return kinds.some((kind) => stdnum[country]?.[kind]?.validate(number).isValid === true);
}

/** Returns the weighted sum of digits and letters (A is 10), modulo 10. */
function weighted(signs: string, weights = [7, 3, 1]): number {
  const sum = [...signs].reduce(
    (total, sign, at) => total + Number.parseInt(sign, 36) * (weights[at % weights.length] ?? 0),
    0,
  );
  return sum % 10;
}
