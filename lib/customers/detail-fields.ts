// What form and rules agree on. Kept apart from the rules: the browser need not load a phone number library for it.

/** The fields of the details form, in its order: the country comes before the phone number that is read in it. */
export const DETAIL_FIELDS = [
  'firstName',
  'lastName',
  'country',
  'phoneNumber',
  'documentNumber',
  'taxNumber',
  'residenceAddress',
] as const;
export type DetailField = (typeof DETAIL_FIELDS)[number];

/** Longest accepted values, in code points (lib/text.ts). KunaCore documents none; these bound what we store and send. */
export const LIMITS = { name: 100, phone: 30, number: 64, address: 300 } as const;

/** Details as stored and sent; optional ones are empty. */
export type Details = Record<DetailField, string>;
/** What can be wrong with a field; names of the message files (`details.errors.…`). */
export type DetailProblem =
  | 'required'
  | 'tooLong'
  | 'characters'
  | 'letter'
  | 'letterOrDigit'
  | 'country'
  | 'phone'
  | 'extension'
  | 'consent';
/** The problem of each field that has one. */
export type DetailErrors = Partial<Record<DetailField | 'consent', DetailProblem>>;

/** Fields whose number may have a check digit. */
export type NumberField = 'documentNumber' | 'taxNumber';
/** A number that does not fit the chosen country, and whether the person has said that it is right as it stands. */
export interface NumberDoubt {
  field: NumberField;
  number: string;
  confirmed: boolean;
}
