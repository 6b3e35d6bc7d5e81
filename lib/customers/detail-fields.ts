// Shared by the form and its rules. Apart from the rules, so that the browser does not load a phone number library.

/** Fields of the details form, in order: the phone number is read in the country before it. */
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

/** Longest accepted values, in code points (lib/text.ts). KunaCore documents no limits. */
export const LIMITS = { name: 100, phone: 30, number: 64, address: 300 } as const;

/** Details as stored and sent; optional ones are empty. */
export type Details = Record<DetailField, string>;
/** Problems of a field; keys of the message files (`details.errors.…`). */
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
/** Problems by field. */
export type DetailErrors = Partial<Record<DetailField | 'consent', DetailProblem>>;

/** Fields whose number may have a check digit. */
export type NumberField = 'documentNumber' | 'taxNumber';
/** A number that does not fit the chosen country, and whether the person has confirmed it. */
export interface NumberDoubt {
  field: NumberField;
  number: string;
  confirmed: boolean;
}
