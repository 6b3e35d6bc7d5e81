// One set of rules for the details: the form's fields and limits come from detail-fields.ts too.
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

/** Wording of the consent in the message files; change both together, so that a record says what was agreed to. */
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

/** The rule of each field by itself. A claim of an identity provider keeps to them, too (lib/customers/prefill.ts). */
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
 * Verification details as a person types them → as they are stored and sent. Messages are keys of `details.errors`.
 * Text is cleaned by lib/text.ts and never cut. The phone number becomes E.164; a national number is read in the chosen
 * country; an extension is refused, because E.164 has no room for it.
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

/**
 * Reads a submitted form.
 * @returns the details, or a message key for every field that is wrong, at once.
 */
export function parseDetails(form: FormData): { details: Details } | { errors: DetailErrors } {
  const parsed = detailsSchema.safeParse({ ...typedValues(form), consent: form.get('consent') ?? '' });
  if (parsed.success) {
    const { consent: _, ...details } = parsed.data;
    return { details };
  }
  const errors: DetailErrors = {};
  for (const { path, message } of parsed.error.issues) {
    const field = path[0] as DetailField | 'consent';
    // Every rule above names one.
    errors[field] ??= message as DetailProblem;
  }
  return { errors };
}

/** What the person typed, untouched, to give back after an error. */
export function typedValues(form: FormData): Details {
  const entries = DETAIL_FIELDS.map((field) => [field, String(form.get(field) ?? '')]);
  return Object.fromEntries(entries) as Details;
}
