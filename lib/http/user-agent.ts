/** What common servers take as one line of a header at most (Apache `LimitRequestFieldSize`, nginx 8 KiB). */
const LONGEST = 8190;
/** Of a browser that is only named in a list. */
const LONGEST_KEPT = 512;

/**
 * The browser's own user agent, byte for byte, or null when it cannot be sent on: KunaCore binds the token to it, so
 * it is never shortened or cleaned. A byte is one character, as header values are decoded in browsers and in Node
 * (Fetch, "isomorphic decode"): the widget's server finds the same text in the header that the frame sends there.
 */
export function usableUserAgent(header: string | null): string | null {
  return header && header.length <= LONGEST && /^[\t\x20-\x7e\x80-\xff]+$/.test(header) ? header : null;
}

/** What is kept of it to tell devices apart: its beginning names browser and system. */
export function describableUserAgent(header: string | null): string | null {
  return usableUserAgent(header)?.slice(0, LONGEST_KEPT) ?? null;
}
