/** The limit of common servers for one header line (Apache `LimitRequestFieldSize`, nginx 8 KiB). */
const LONGEST = 8190;
/** Limits the stored user agent of a device. */
const LONGEST_KEPT = 512;

/**
 * Returns the browser's user agent, byte for byte, or null when it cannot be sent. KunaCore binds the token to it, so it
 * is never shortened or cleaned. Browsers and Node decode header values as one character per byte (Fetch, "isomorphic
 * decode"), so the widget's server receives the same text from the frame.
 */
export function usableUserAgent(header: string | null): string | null {
  return header && header.length <= LONGEST && /^[\t\x20-\x7e\x80-\xff]+$/.test(header) ? header : null;
}

/** Returns the stored beginning of a user agent, which names browser and system. */
export function describableUserAgent(header: string | null): string | null {
  return usableUserAgent(header)?.slice(0, LONGEST_KEPT) ?? null;
}
