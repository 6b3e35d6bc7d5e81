const LONGEST_MS = 60_000;

/**
 * `Retry-After` in milliseconds, at most a minute whatever it says (RFC 9110, 10.2.3: seconds or an HTTP date).
 * Undefined when it is missing or cannot be read.
 * @param now in milliseconds since the epoch.
 */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(LONGEST_MS, Number(text) * 1000);
  // `Date.parse` makes a date of nearly anything; HTTP dates end with GMT.
  const at = text.endsWith(' GMT') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.min(LONGEST_MS, Math.max(0, at - now));
}
