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

/** Fields that KunaCore requires (POST /v2/customer/create). */
export const REQUIRED_FIELDS = ['firstName', 'lastName', 'country', 'documentNumber', 'residenceAddress'] as const;

/** Who verified a field, and when. */
export interface FieldSource {
  /** The name that the person reads, such as the institution's or the trust framework's. */
  from: string;
  /** Null where the source does not say. */
  verifiedAt: Date | null;
}
/** The verified fields. A field without an entry was typed or confirmed by the person. */
export type FieldSources = Partial<Record<DetailField, FieldSource>>;
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
  | 'verified'
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
