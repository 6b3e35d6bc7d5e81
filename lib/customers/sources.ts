import { z } from 'zod';
import { DETAIL_FIELDS, type Details, type FieldSources } from './detail-fields';

const fieldSources = z.partialRecord(
  z.enum(DETAIL_FIELDS),
  z.object({ from: z.string(), verifiedAt: z.coerce.date().nullable() }),
);

/** Reads the sources of the fields from JSON. @throws ZodError */
export function readSources(json: unknown): FieldSources {
  return fieldSources.parse(json);
}

/** Reports whether a source verified every field that is filled in. Such details need no review. */
export function allVerified(details: Details, sources: FieldSources): boolean {
  return DETAIL_FIELDS.every((field) => details[field] === '' || sources[field] !== undefined);
}
