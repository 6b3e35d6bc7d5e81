import 'server-only';
import { BlockList, isIP } from 'node:net';
import { isLoopback } from '@/lib/config/environment';
import type { Network } from '@/lib/config/network';
import { network } from './network';

/** A server, by name or address. */
export interface Target {
  /** An IPv6 address may stand in brackets. */
  host: string;
  port: number;
}

/** Returns the proxy that leads to a server, or null for a direct connection. This machine is always reached directly. */
export function proxyFor(
  target: Target,
  { proxy, noProxy }: Pick<Network, 'proxy' | 'noProxy'> = network(),
): URL | null {
  if (!proxy) return null;
  const host = normalized(target.host);
  const isDirect = isLoopback(isIP(host) === 6 ? `[${host}]` : host);
  const entries = noProxy.split(/[\s,]+/).filter(Boolean);
  return isDirect || entries.some((entry) => covers(entry, host, target.port)) ? null : proxy;
}

/**
 * Reports whether an entry of NO_PROXY covers a server, as curl reads it: `*`, a domain with all below it (with or
 * without a leading dot), an address, or a network such as `10.0.0.0/8`; each may end in a port. Names are not resolved,
 * so a network covers addresses only.
 */
function covers(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isWithin(entry, host);
  const { host: named, port: only } = splitPort(entry);
  if (only !== null && only !== port) return false;
  const domain = normalized(named.replace(/^\*?\./, ''));
  return host === domain || (isIP(host) === 0 && domain !== '' && host.endsWith(`.${domain}`));
}

function isWithin(entry: string, host: string): boolean {
  const [address = '', bits = ''] = entry.split('/');
  const family = isIP(host);
  if (family === 0 || family !== isIP(address) || !/^\d+$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
    return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/** Splits `host:port` and `[::1]:port`. An IPv6 address without brackets has no port. */
function splitPort(entry: string): { host: string; port: number | null } {
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
  return host ? { host, port: port === undefined ? null : Number(port) } : { host: entry, port: null };
}

/** Writes a host in one way: lower case, without brackets and without the dot of the root. */
function normalized(host: string): string {
  const bare = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  return isIP(bare) === 6 ? new URL(`http://[${bare}]`).hostname.slice(1, -1) : bare;
}
