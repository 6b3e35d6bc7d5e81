import { isLoopback } from '@/lib/config/environment';

/**
 * Reports whether a connection comes from this machine (RFC 6890: 127.0.0.0/8 and ::1).
 * @param address of the other end, as Node gives it.
 */
export function isLoopbackAddress(address: string | undefined): boolean {
  return /^(::ffff:)?127(\.\d{1,3}){3}$|^::1$/.test(address ?? '');
}

/**
 * Reports whether a Host header is a different loopback name at the portal's port: `127.0.0.1:3000` for
 * `http://localhost:3000`. For browsers it is another origin, without the portal's cookies.
 */
export function isOtherLoopbackName(header: string | null | undefined, portalOrigin: string): boolean {
  const portal = new URL(portalOrigin);
  const host = header ?? '';
  if (!isLoopback(portal.hostname) || !/^[\w.:[\]-]+$/.test(host) || !URL.canParse(`http://${host}`)) return false;
  const requested = new URL(`http://${host}`);
  return requested.host !== portal.host && requested.port === portal.port && isLoopback(requested.hostname);
}
