import type { IncomingHttpHeaders } from 'node:http';
import type { Refusal } from '@/lib/request-context';
import { isOwnHost } from './own-host';
import { isSameOrigin } from './same-origin';

/** Maps each rejection to its status (RFC 9110 15.5; 421: RFC 9110 15.5.20). */
export const REFUSAL_STATUS: Record<Refusal, number> = {
  host: 421,
  method: 405,
  length: 411,
  'too-large': 413,
  headers: 431,
  'cross-site': 403,
  malformed: 400,
};

/** Exceeds the need of every form of the portal. */
export const LONGEST_BODY = 64 * 1024;
/** Limits the names and values of all headers. Leaves room for cookies of the institution's other applications. */
export const LONGEST_HEADERS = 64 * 1024;
/** Matches Next's action ids, now 42 hexadecimal digits. Next answers 404 to an unknown id. */
const ACTION_ID = /^[\da-f]{40,64}$/;

/**
 * Browsers send CSP reports without an origin, and the identity provider may answer by a form. Both change nothing: the
 * form is only led on (lib/sign-in/callback.ts). The provider also sends logout tokens, whose signature proves them
 * (lib/sign-in/backchannel-logout.ts), and a scheduler its secret (lib/server/reconcile-route.ts).
 */
const FROM_OTHER_SITES = new Set([
  '/api/csp-report',
  '/api/auth/callback/oidc',
  '/api/auth/backchannel-logout',
  '/api/reconcile',
]);

/**
 * Checks a request independently of its target: the portal's host, a supported method, a limited size, and for changes
 * the portal's origin. Pure. (ASVS 5.0 3.5.1, 4.1.4; RFC 9110 7.4)
 * @returns the reason to reject the request, or null.
 */
export function refuse(
  { method, pathname, headers }: { method: string; pathname: string; headers: IncomingHttpHeaders },
  portalOrigin: string,
): Refusal | null {
  // Load balancers request health under the machine's own address.
  const isHealth = pathname.startsWith('/api/health/');
  if (!isHealth && !isOwnHost(headers.host, portalOrigin)) return 'host';
  if (lengthOf(headers) > LONGEST_HEADERS) return 'headers';
  if (method === 'GET' || method === 'HEAD') return null;
  if (method !== 'POST') return 'method';
  if (!FROM_OTHER_SITES.has(pathname) && !isSameOrigin(toFetch(headers), portalOrigin)) return 'cross-site';
  return refuseBody(headers);
}

function lengthOf(headers: IncomingHttpHeaders): number {
  let length = 0;
  for (const name in headers) length += name.length + String(headers[name] ?? '').length;
  return length;
}

function toFetch({ origin, 'sec-fetch-site': site }: IncomingHttpHeaders): Headers {
  return new Headers({ ...(origin !== undefined && { origin }), ...(site && { 'sec-fetch-site': String(site) }) });
}

function refuseBody(headers: IncomingHttpHeaders): Refusal | null {
  const length = headers['content-length'];
  if (length === undefined && headers['transfer-encoding'] !== undefined) return 'length';
  if (Number(length ?? 0) > LONGEST_BODY) return 'too-large';
  const action = headers['next-action'];
  if (action === undefined) return null;
  return ACTION_ID.test(String(action)) ? null : 'malformed';
}
