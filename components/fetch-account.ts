import { type Described, hasShape, type Shape } from '@/lib/wallet/response-shape';

/** Fetches JSON from a route of the account. @throws on other statuses than 2xx, so that the page keeps its data. */
export async function fetchAccount<const S extends Shape>(
  path: string,
  shape: S,
  signal: AbortSignal,
): Promise<Described<S>> {
  const response = await fetch(path, { signal, cache: 'no-store' });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const json: unknown = await response.json();
  if (!hasShape(shape, json)) throw new Error('unexpected response');
  return json;
}
