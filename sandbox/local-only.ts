import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';

const SAFE = ['GET', 'HEAD'];

/**
 * Whether a browser may have been sent here by another site. A host name that is not the sandbox's is one that another
 * site has pointed at this machine (DNS rebinding); an address cannot be pointed anywhere. A method that changes
 * something is only taken from the sandbox's own pages, or from a program, which sends neither `Sec-Fetch-Site` nor
 * `Origin`. (Fetch Metadata; RFC 6454 7)
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

/** Answers 403 to requests of other sites, and gives the others to `handler`. */
export function withoutOtherSites(handler: Handler, publicHost: string): Handler {
  return (request, response) => {
    if (!isOfAnotherSite(request, publicHost)) return handler(request, response);
    response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end('The sandbox answers under its own address, to its own pages and to programs.\n');
  };
}
