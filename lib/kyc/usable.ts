import { DETAIL_FIELDS, type DetailField, type Details } from '@/lib/customers/detail-fields';
import { fields } from '@/lib/customers/details-schema';
import { readPhone } from '@/lib/customers/phone';

/**
 * Applies the rules for typed values to those of a source.
 * @returns the values as stored, the phone number as E.164, and the fields whose values break a rule. Empty ones are
 * missing.
 */
export function usableValues(given: Partial<Details>): { values: Partial<Details>; refused: DetailField[] } {
  const values: Partial<Details> = {};
  const refused: DetailField[] = [];
  for (const field of DETAIL_FIELDS) {
    const text = given[field]?.trim();
    if (!text) continue;
    const value = field === 'phoneNumber' ? e164(text, values.country ?? '') : fields[field].safeParse(text).data;
    if (value) values[field] = value;
    else refused.push(field);
  }
  return { values, refused };
}

function e164(text: string, country: string): string | undefined {
  const phone = readPhone(text, country);
  return phone?.ext ? undefined : phone?.number;
}
