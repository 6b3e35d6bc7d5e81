// How answers are read: leniently. Unknown keys are dropped, null means "not given", unknown words stay as they are.
import { z } from 'zod';
import { MalformedAnswerError } from './errors';
import type { Answer } from './transport';

/** A text that may be missing or null. */
export const optionalText = z
  .string()
  .nullish()
  .transform((text) => text ?? undefined);

/** An amount or rate: a decimal string, never a float. */
export const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);

export const optionalDecimal = decimal.nullish().transform((amount) => amount ?? undefined);

/** An id is any string that is not empty. */
export const id = z.string().min(1);

/** Reads `data` of an answer. @throws MalformedAnswerError naming the fields that are wrong, never their contents. */
export function read<T>(answer: Answer, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(unwrap(answer));
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map(({ path }) => path.join('.') || 'data'))].slice(0, 5);
  throw new MalformedAnswerError(answer.endpoint, fields.join(', '));
}

/**
 * Takes a 2xx whose contents are not documented as a yes, except for a page: that is from something between us and
 * KunaCore, which has done nothing. @throws MalformedAnswerError
 */
export function acknowledge({ endpoint, text }: Answer): void {
  if (/^[\s\ufeff]*</.test(text)) throw new MalformedAnswerError(endpoint, 'a page instead of an answer');
}

/** The answer's JSON without its envelope `{"data": …}`. @throws MalformedAnswerError */
export function unwrap({ endpoint, text }: Answer): unknown {
  const body = parse(endpoint, text);
  if (typeof body === 'object' && body !== null && 'data' in body) return body.data;
  throw new MalformedAnswerError(endpoint, 'no data');
}

function parse(endpoint: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedAnswerError(endpoint, 'not JSON');
  }
}

/** A list, bare or wrapped with a count: which of the two is not documented. */
export function list<T>(item: z.ZodType<T>): z.ZodType<T[]> {
  const bare = z.array(item);
  return z.union([bare, z.object({ items: bare }).transform(({ items }) => items)]);
}
