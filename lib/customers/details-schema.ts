// The only rules for details; the form takes its fields and limits from detail-fields.ts, too.
import isoCountries from 'i18n-iso-countries';
import { z } from 'zod';
import { cleanLine, countCharacters, hasLetter, hasLetterOrDigit, isUsable } from '@/lib/text';
import {
  DETAIL_FIELDS,
  type DetailErrors,
  type DetailField,
  type DetailProblem,
  type Details,
  LIMITS,
} from './detail-fields';
import { readPhone } from './phone';

/** Version of the consent's wording in the message files. Change both together. */
export const CONSENT_VERSION = '2026-11-26';

const line = (longest: number) =>
  z
    .string()
    .transform(cleanLine)
    .pipe(
      z
        .string()
        .refine((text) => countCharacters(text) <= longest, 'tooLong')
        .refine(isUsable, 'characters'),
    );
const requiredLine = (longest: number) => line(longest).pipe(z.string().min(1, 'required'));
const name = requiredLine(LIMITS.name).refine(hasLetter, 'letter');
const optionalNumber = line(LIMITS.number).refine((text) => !text || hasLetterOrDigit(text), 'letterOrDigit');

/** Rules of each field. Claims of an identity provider must pass them, too (prefill.ts). */
export const fields = {
  firstName: name,
  lastName: name,
  phoneNumber: line(LIMITS.phone),
  country: z
    .string()
    .min(1, 'required')
    .refine((code) => isoCountries.isValid(code) && /^[A-Z]{2}$/.test(code), 'country'),
  documentNumber: requiredLine(LIMITS.number).refine(hasLetterOrDigit, 'letterOrDigit'),
  taxNumber: optionalNumber,
  residenceAddress: requiredLine(LIMITS.address).refine(hasLetterOrDigit, 'letterOrDigit'),
} satisfies Record<DetailField, z.ZodType>;

/**
 * Converts typed details to what is stored and sent. Messages are keys of `details.errors`. Text is cleaned by
 * lib/text.ts and never cut. The phone number becomes E.164, read in the chosen country; an extension is refused,
 * because E.164 has no room for it.
 */
export const detailsSchema = z
  .object({ ...fields, consent: z.literal('agreed', 'consent') })
  .transform((details, context) => {
    if (!details.phoneNumber) return details;
    const phone = readPhone(details.phoneNumber, details.country);
    if (!phone) context.addIssue({ code: 'custom', path: ['phoneNumber'], message: 'phone' });
    else if (phone.ext) context.addIssue({ code: 'custom', path: ['phoneNumber'], message: 'extension' });
    return { ...details, phoneNumber: phone?.number ?? details.phoneNumber };
  });

/** What a form need not hold, because it is known already. */
export interface Settled {
  values: Partial<Details>;
  /** The person has agreed to today's wording. */
  agreed: boolean;
}

/** Reads a submitted form. Returns the details, or a message key for every wrong field. */
export function parseDetails(
  form: FormData,
  { values, agreed }: Settled = { values: {}, agreed: false },
): { details: Details } | { errors: DetailErrors } {
  const consent = agreed ? 'agreed' : (form.get('consent') ?? '');
  const parsed = detailsSchema.safeParse({ ...typedValues(form), ...values, consent });
  if (parsed.success) {
    const { consent: _, ...details } = parsed.data;
    return { details };
  }
  const errors: DetailErrors = {};
  for (const { path, message } of parsed.error.issues) {
    const field = path[0] as DetailField | 'consent';
    errors[field] ??= message as DetailProblem; // every rule above names one
  }
  return { errors };
}

/** Returns the typed values unchanged, to show them again after an error. */
export function typedValues(form: FormData): Details {
  const entries = DETAIL_FIELDS.map((field) => [field, String(form.get(field) ?? '')]);
  return Object.fromEntries(entries) as Details;
}
