import { isLoopback } from '../environment-reader';

/**
 * Whether a connection comes from this machine (RFC 6890: 127.0.0.0/8 and ::1).
 * @param address of the other end, as Node gives it.
 */
export function isLoopbackAddress(address: string | undefined): boolean {
  return /^(::ffff:)?127(\.\d{1,3}){3}$|^::1$/.test(address ?? '');
}

/** Carries that address from proxy.ts to app/refused: Next would cut the origin off a redirect of its proxy. */
export const CONFIGURED_ADDRESS = 'x-configured-address';

/**
 * Leads a page asked for under another name of this machine to the configured one, which alone has the cookies:
 * `http://127.0.0.1:3000/account` to `http://localhost:3000/account`. Next's own fetches (`rsc`) are not led: they
 * would arrive without their cookies.
 * @returns the address to redirect to, or null.
 */
export function underConfiguredName(
  { method, headers, pathname, search }: { method: string; headers: Headers; pathname: string; search: string },
  { loopback, portalOrigin }: { loopback: boolean; portalOrigin: string },
): string | null {
  const host = headers.get('host') ?? '';
  if (!loopback || !['GET', 'HEAD'].includes(method) || headers.has('rsc') || pathname.startsWith('/api/')) return null;
  const asked = /^[\w.:[\]-]+$/.test(host) && URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null;
  const portal = new URL(portalOrigin);
  if (!asked || asked.host === portal.host || asked.port !== portal.port || !isLoopback(asked.hostname)) return null;
  // Text, not a URL made of parts: a path of two slashes must not become a host.
  return portalOrigin + pathname + search;
}
