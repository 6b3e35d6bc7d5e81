import type { Refusal } from '@/lib/request-context';
import { isOwnHost } from './own-host';
import { isSameOrigin } from './same-origin';

/** The status of each (RFC 9110 15.5; 421: RFC 9110 15.5.20). */
export const REFUSAL_STATUS: Record<Refusal, number> = {
  host: 421,
  method: 405,
  length: 411,
  'too-large': 413,
  headers: 431,
  'cross-site': 403,
  malformed: 400,
};

/** More than any form of the portal can need. */
export const LONGEST_BODY = 64 * 1024;
/** Names and values of all headers together. Cookies of an institution's other applications add up to several KiB. */
export const LONGEST_HEADERS = 64 * 1024;
/** Next's ids of actions: 42 hexadecimal digits today. Whether there is such an action is Next's to say (404). */
const ACTION_ID = /^[\da-f]{40,64}$/;

/**
 * What may pass at all, whatever it asks for: the portal's own host, methods that something answers, bodies of a
 * bearable size, and nothing that changes anything from another site. Pure.
 * (ASVS 5.0 3.5.1, 4.1.4; RFC 9110 7.4)
 * @returns null when it may pass.
 */
export function refuse(
  { method, pathname, headers }: { method: string; pathname: string; headers: Headers },
  portalOrigin: string,
): Refusal | null {
  // A load balancer asks for health by the machine's own address.
  const isHealth = pathname.startsWith('/api/health/');
  if (!isHealth && !isOwnHost(headers.get('host'), portalOrigin)) return 'host';
  if (lengthOf(headers) > LONGEST_HEADERS) return 'headers';
  if (method === 'GET' || method === 'HEAD') return null;
  if (method !== 'POST') return 'method';
  // Browsers report what a page may not do without naming its origin; a report changes nothing.
  if (pathname !== '/api/csp-report' && !isSameOrigin(headers, portalOrigin)) return 'cross-site';
  return refuseBody(headers);
}

function lengthOf(headers: Headers): number {
  return [...headers].reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}

function refuseBody(headers: Headers): Refusal | null {
  const length = headers.get('content-length');
  if (length === null && headers.has('transfer-encoding')) return 'length';
  if (Number(length ?? 0) > LONGEST_BODY) return 'too-large';
  const action = headers.get('next-action');
  if (action === null) return null;
  return ACTION_ID.test(action) ? null : 'malformed';
}
