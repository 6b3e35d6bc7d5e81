import { type Described, hasShape, type Shape } from '@/lib/wallet/response-shape';

/** A route of the account answered with another status than 2xx. */
class StatusError extends Error {
  override readonly name = 'StatusError';

  constructor(readonly status: number) {
    super(`status ${status}`);
  }
}

/** Reports whether a fetch failed because the session is over. That says nothing about KunaCore. */
export function isSignedOut(error: Error | null): boolean {
  return error instanceof StatusError && error.status === 401;
}

const POLL_AFTER_ERROR_MS = 5_000;

/** Returns the pause after a failed fetch, or false when the session is over and asking again is useless. */
export function pauseAfter(error: Error): number | false {
  return isSignedOut(error) ? false : POLL_AFTER_ERROR_MS;
}

/** Fetches JSON from a route of the account. @throws on other statuses than 2xx, so that the page keeps its data. */
export async function fetchAccount<const S extends Shape>(
  path: string,
  shape: S,
  signal: AbortSignal,
): Promise<Described<S>> {
  const response = await fetch(path, { signal, cache: 'no-store' });
  if (!response.ok) throw new StatusError(response.status);
  const json: unknown = await response.json();
  if (!hasShape(shape, json)) throw new Error('unexpected response');
  return json;
}
