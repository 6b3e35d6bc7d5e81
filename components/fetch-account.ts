import type { z } from 'zod';

/** Fetches JSON from a route of the account. @throws on other statuses than 2xx, so that the page keeps its data. */
export async function fetchAccount<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal, cache: 'no-store' });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return schema.parse(await response.json());
}
