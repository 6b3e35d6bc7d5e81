import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';

const SAFE = ['GET', 'HEAD'];

/**
 * Returns whether another site may have sent the browser here. A foreign host name may be pointed at this machine (DNS
 * rebinding), an IP address may not. Methods that change something are accepted only from the sandbox's own pages, and
 * from programs, which send neither `Sec-Fetch-Site` nor `Origin` (Fetch Metadata; RFC 6454 7).
 */
export function isOfAnotherSite({ headers, method = '' }: IncomingMessage, publicHost: string): boolean {
  const host = headers.host ?? '';
  if (!isOwnName(host, publicHost)) return true;
  if (SAFE.includes(method)) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  return headers.origin !== undefined && headers.origin !== `http://${host}`;
}

function isOwnName(host: string, publicHost: string): boolean {
  if (!/^[\w.:[\]-]+$/.test(host) || !URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return hostname === publicHost.toLowerCase() || hostname === 'localhost' || isIP(hostname.replace(/[[\]]/g, '')) > 0;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers 403 to requests of other sites, and passes the rest to `handler`. */
export function withoutOtherSites(handler: Handler, publicHost: string): Handler {
  return (request, response) => {
    if (!isOfAnotherSite(request, publicHost)) return handler(request, response);
    response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end('The sandbox answers under its own address, to its own pages and to programs.\n');
  };
}
