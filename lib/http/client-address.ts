import { isIP } from 'node:net';

/**
 * Returns the client's address. Without a proxy, that is the address of the connection. Each of the institution's `hops`
 * proxies appends to X-Forwarded-For; then it is the entry of the outermost proxy. Entries further left come from the
 * client and are ignored. (ASVS 5.0 4.1.3)
 * Removes the interface of a link-local address (`fe80::1%eth0`).
 * @returns null when the entry of a configured proxy is missing or invalid.
 */
export function clientAddress(connection: string | undefined, forwardedFor: string | null, hops: number) {
  const seen = (forwardedFor ?? '').split(',').map((entry) => entry.trim());
  const address = (hops === 0 ? connection : seen.at(-hops))?.replace(/^::ffff:|%.*$/g, '') ?? '';
  return isIP(address) ? address : null;
}

/** Returns the network of an address: three parts of an IPv4 address, three groups of an IPv6 address. */
export function networkOf(address: string): string {
  if (isIP(address) === 4) return address.split('.').slice(0, 3).join('.');
  return groups(address).slice(0, 3).join(':');
}

/** Returns the part of an address that identifies one subscriber: an IPv4 address, or an IPv6 /64. */
export function subscriberOf(address: string): string {
  return isIP(address) === 4 ? address : groups(address).slice(0, 4).join(':');
}

/** Returns the eight groups of an IPv6 address. */
function groups(address: string): string[] {
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right];
}
