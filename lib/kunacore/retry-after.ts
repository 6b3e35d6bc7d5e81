const LONGEST_MS = 60_000;

/**
 * `Retry-After` in milliseconds, at most a minute whatever it says (RFC 9110, 10.2.3: seconds or an HTTP date).
 * Undefined when it is missing or cannot be read.
 */
export function retryAfterMs(header: string | null, now: () => number = Date.now): number | undefined {
  if (!header) return undefined;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now();
  return Number.isNaN(wait) ? undefined : Math.min(LONGEST_MS, Math.max(0, wait));
}
