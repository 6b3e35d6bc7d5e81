import { isLoopback } from '@/lib/config/environment';

/**
 * Whether a connection comes from this machine (RFC 6890: 127.0.0.0/8 and ::1).
 * @param address of the other end, as Node gives it.
 */
export function isLoopbackAddress(address: string | undefined): boolean {
  return /^(::ffff:)?127(\.\d{1,3}){3}$|^::1$/.test(address ?? '');
}

/**
 * Whether a Host header is another name of this machine than the configured one, at the portal's port:
 * `127.0.0.1:3000` for `http://localhost:3000`. Browsers take it for another origin, which has none of the cookies.
 */
export function isOtherLoopbackName(header: string | null | undefined, portalOrigin: string): boolean {
  const portal = new URL(portalOrigin);
  const host = header ?? '';
  if (!isLoopback(portal.hostname) || !/^[\w.:[\]-]+$/.test(host) || !URL.canParse(`http://${host}`)) return false;
  const asked = new URL(`http://${host}`);
  return asked.host !== portal.host && asked.port === portal.port && isLoopback(asked.hostname);
}
