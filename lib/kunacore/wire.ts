// Reads responses leniently: unknown keys are dropped, null means "not given", unknown values are passed on.
import { z } from 'zod';
import { MalformedResponseError } from './errors';
import type { ApiResponse } from './transport';

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

/** Reads `data` of a response. @throws MalformedResponseError naming the wrong fields, never their contents. */
export function read<T>(response: ApiResponse, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(unwrap(response));
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map(({ path }) => path.join('.') || 'data'))].slice(0, 5);
  throw new MalformedResponseError(response.endpoint, fields.join(', '));
}

/**
 * Accepts any 2xx response, because its contents are not documented, except an HTML page: that comes from a proxy in
 * between, which has done nothing. @throws MalformedResponseError
 */
export function acknowledge({ endpoint, text }: ApiResponse): void {
  if (/^[\s\ufeff]*</.test(text)) throw new MalformedResponseError(endpoint, 'an HTML page');
}

/** Returns the response's JSON without its envelope `{"data": …}`. @throws MalformedResponseError */
export function unwrap({ endpoint, text }: ApiResponse): unknown {
  const body = parse(endpoint, text);
  if (typeof body === 'object' && body !== null && 'data' in body) return body.data;
  throw new MalformedResponseError(endpoint, 'no data');
}

function parse(endpoint: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedResponseError(endpoint, 'not JSON');
  }
}

/** Reads a list, bare or wrapped with a count: the documentation does not say which. */
export function list<T>(item: z.ZodType<T>): z.ZodType<T[]> {
  const bare = z.array(item);
  return z.union([bare, z.object({ items: bare }).transform(({ items }) => items)]);
}
