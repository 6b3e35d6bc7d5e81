import 'server-only';
import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import { headers } from 'next/headers';
import { config } from '../config';
import { usableUserAgent } from './user-agent';

/** What is kept of the browser that signs in, so that a person can tell their devices apart. */
export interface Browser {
  userAgent: string | null;
  /** Keyed hash of its network: equal for two devices in one place, and no address is kept. */
  network: string | null;
}

export const UNKNOWN_BROWSER: Browser = { userAgent: null, network: null };

/** The browser that sent the current request. */
export async function currentBrowser(): Promise<Browser> {
  const incoming = await headers();
  const { secret, trustedProxyHops } = config();
  const address = clientAddress(incoming.get('x-forwarded-for'), trustedProxyHops);
  return {
    userAgent: usableUserAgent(incoming.get('user-agent')),
    network:
      address &&
      createHmac('sha256', secret)
        .update(`network ${networkOf(address)}`)
        .digest('base64url'),
  };
}

/**
 * The client's address: what the outermost trusted proxy saw. Next itself notes the address of the connection when no
 * proxy has written the header.
 * @param hops how many proxies of the institution's own append to X-Forwarded-For.
 */
export function clientAddress(forwardedFor: string | null, hops: number): string | null {
  const seen = (forwardedFor ?? '').split(',').map((entry) => entry.trim());
  const address = seen.at(-Math.max(1, hops))?.replace(/^::ffff:/, '') ?? '';
  return isIP(address) ? address : null;
}

/** The first three parts of an IPv4 address, the first three groups of an IPv6 one: a home or an office. */
export function networkOf(address: string): string {
  if (isIP(address) === 4) return address.split('.').slice(0, 3).join('.');
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].slice(0, 3).join(':');
}
