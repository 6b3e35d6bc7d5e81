import { isIP } from 'node:net';

/**
 * Who is asking, as an address. With no proxy in front it is the connection's; with `hops` proxies of the institution's
 * own, each of which appends to X-Forwarded-For, it is the entry that the outermost of them wrote. What a client writes
 * into the header itself stands further left and is never believed. (ASVS 5.0 4.1.3)
 * A link-local address of a connection comes with its interface (`fe80::1%eth0`), which says nothing about the client.
 * @returns null when a proxy was announced and its entry is missing or no address.
 */
export function clientAddress(connection: string | undefined, forwardedFor: string | null, hops: number) {
  const seen = (forwardedFor ?? '').split(',').map((entry) => entry.trim());
  const address = (hops === 0 ? connection : seen.at(-hops))?.replace(/^::ffff:|%.*$/g, '') ?? '';
  return isIP(address) ? address : null;
}

/** The first three parts of an IPv4 address, the first three groups of an IPv6 one: a home or an office. */
export function networkOf(address: string): string {
  if (isIP(address) === 4) return address.split('.').slice(0, 3).join('.');
  return groups(address).slice(0, 3).join(':');
}

/** What one subscriber can choose among freely counts as one: an IPv4 address, an IPv6 /64. */
export function subscriberOf(address: string): string {
  return isIP(address) === 4 ? address : groups(address).slice(0, 4).join(':');
}

/** The eight groups of an IPv6 address. */
function groups(address: string): string[] {
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right];
}
