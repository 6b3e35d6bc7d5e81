import 'server-only';
import { DETAIL_FIELDS, type DetailErrors, type Details, type FieldSources } from '@/lib/customers/detail-fields';
import { hasAgreed } from '@/lib/customers/details';
import { fields, parseDetails } from '@/lib/customers/details-schema';
import { type Known, settledFields, shownDigest } from './look-up';

/** A submitted form, read against what is known. */
export type Submission =
  | { details: Details; sources: FieldSources }
  | { errors: DetailErrors }
  /** The source is not available, was asked too often, or has changed a field since the page was shown. */
  | { problem: 'source' | 'changed' | 'too-many' };

/**
 * Reads the form. Verified values come from the source, never from the form: a form that holds another one is refused.
 */
export function readSubmission(form: FormData, known: Known): Submission {
  if (known.state === 'unavailable') return { problem: 'source' };
  if (known.state === 'too-many') return { problem: 'too-many' };
  if ((form.get('shown') ?? '') !== shownDigest(known)) return { problem: 'changed' };
  const settled = settledFields(known);
  const forged = DETAIL_FIELDS.filter((field) => settled[field] !== undefined && !isSame(form, field, settled[field]));
  if (forged.length > 0) return { errors: Object.fromEntries(forged.map((field) => [field, 'verified'])) };
  const parsed = parseDetails(form, { values: settled, agreed: hasAgreed(known.stored) });
  return 'errors' in parsed ? parsed : { ...parsed, sources: known.sources };
}

function isSame(form: FormData, field: keyof Details, value: string): boolean {
  const typed = form.getAll(field);
  return typed.every((one) => one === value || fields[field].safeParse(one).data === value);
}
