import type { z } from 'zod';

/** Asks one of the account's own routes. @throws when there is no good answer: what was known stays on the page. */
export async function fetchAccount<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal, cache: 'no-store' });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return schema.parse(await response.json());
}
