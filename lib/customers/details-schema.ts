// One set of rules for the details: the form's fields and limits come from detail-fields.ts too.
import isoCountries from 'i18n-iso-countries';
import { z } from 'zod';
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
export const CONSENT_VERSION = '2026-11-01';

/** Control characters, bidirectional overrides and lone surrogates: invisible in a name, trouble everywhere else. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;

const line = (longest: number) =>
  z
    .string()
    .transform((text) => text.normalize('NFC').replace(/\s+/g, ' ').trim())
    .pipe(
      z
        .string()
        .max(longest, 'tooLong')
        .refine((text) => !FORBIDDEN.test(text), 'characters'),
    );
const requiredLine = (longest: number) => line(longest).pipe(z.string().min(1, 'required'));

/**
 * Verification details as a person types them → as they are stored and sent. Messages are keys of `details.errors`.
 * The phone number becomes E.164; a national number is read in the chosen country.
 */
export const detailsSchema = z
  .object({
    firstName: requiredLine(LIMITS.name),
    lastName: requiredLine(LIMITS.name),
    phoneNumber: line(LIMITS.phone),
    country: z
      .string()
      .min(1, 'required')
      .refine((code) => isoCountries.isValid(code) && /^[A-Z]{2}$/.test(code), 'country'),
    documentNumber: requiredLine(LIMITS.number),
    taxNumber: line(LIMITS.number),
    residenceAddress: requiredLine(LIMITS.address),
    consent: z.literal('agreed', 'consent'),
  })
  .transform((details, context) => {
    if (!details.phoneNumber) return details;
    const phone = readPhone(details.phoneNumber, details.country);
    if (!phone) context.addIssue({ code: 'custom', path: ['phoneNumber'], message: 'phone' });
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
