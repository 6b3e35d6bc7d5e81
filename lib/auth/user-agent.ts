const LONGEST = 512;

/**
 * The browser's own user agent, byte for byte, or null when it cannot be sent on: KunaCore binds the token to it, so
 * it is never shortened or cleaned. Printable ASCII of at most 512 characters.
 */
export function usableUserAgent(header: string | null): string | null {
  return header && header.length <= LONGEST && /^[\x20-\x7e]+$/.test(header) ? header : null;
}
