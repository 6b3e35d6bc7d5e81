import 'server-only';
import { randomUUID } from 'node:crypto';
import diagnostics from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { config } from '@/lib/config/config';
import { type EarlyRefusal, enterRequest } from '@/lib/request-context';
import { singleton } from '@/lib/singleton';
import { clientAddress } from './client-address';
import { guardConnections, isPipelined } from './connections';
import { isLoopbackAddress, isOtherLoopbackName } from './loopback';
import { refuseUnwantedStorage } from './no-store';
import { isOtherOrigin, isOwnHost } from './own-host';
import { parseTarget } from './request-target';
import { defaultHeaders } from './security-headers';

// What has to happen before Next sees a request. Next has no hook for it: its proxy never learns the connection's
// address, does not run for every answer, and cannot take back a header that Next has already believed. Node announces
// each request on a channel of its own (documentation of `node:diagnostics_channel`, built-in channels).

interface Arrival {
  request: IncomingMessage;
  response: ServerResponse;
}

/**
 * Headers that Next and its hosts write for themselves. From outside they are orders: skip the proxy, take this for an
 * action that was forwarded, resume that render (GHSA-f82v-jwr5-mffw and its successors of 2026).
 */
const INTERNAL =
  /^(x-middleware-|x-nextjs-|x-invoke-|x-next-|x-matched-path$|x-now-|x-vercel-|x-action-forwarded$|x-action-redirect|next-resume$|x-nonce$|content-security-policy)/;

/** Next's development client names its requests by these, and the answers wait for the name. Production refuses them. */
const OF_THE_DEVELOPMENT_CLIENT = ['x-nextjs-request-id', 'x-nextjs-html-request-id'];

/** The portal's own address is configured (NEXTAUTH_URL): what a request says of it counts for nothing. */
const ABOUT_THE_HOST = ['x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-forwarded-server', 'forwarded'];

/** Starts to look at every request of this process before Next does. A second call changes nothing. */
export function handleIncomingRequests(): void {
  const state = singleton('incoming-requests', () => ({ subscribed: false }));
  if (state.subscribed) return;
  state.subscribed = true;
  guardConnections();
  diagnostics.subscribe('http.server.request.start', (message) => receive(message as Arrival));
}

function receive({ request, response }: Arrival): void {
  const { headers } = request;
  const { trustedProxyHops, portalOrigin } = config();
  const forwardedFor = String(headers['x-forwarded-for'] ?? '') || null;
  const address = clientAddress(request.socket.remoteAddress, forwardedFor, trustedProxyHops);
  const requestId = randomUUID();
  const isElsewhere = isOtherOrigin(headers.host, portalOrigin) || isOtherLoopbackName(headers.host, portalOrigin);
  const refusal = readTarget(request, portalOrigin);
  const forwardedAction = headers['x-action-forwarded'] !== undefined;
  enterRequest({ requestId, address, refusal, forwardedAction, otherOrigin: isElsewhere ? request.url : undefined });
  strip(headers);
  trustBrowser(headers, portalOrigin);
  response.setHeader('x-request-id', requestId);
  for (const [name, value] of Object.entries(defaultHeaders(config()))) response.setHeader(name, value);
  hideInternals(response);
  refuseUnwantedStorage(response);
  // Fetch's Request, and with it Next, cannot express these methods; OPTIONS is refused like them (request-guard.ts).
  if (request.method === 'TRACE' || request.method === 'CONNECT') request.method = 'OPTIONS';
  if (config().loopback && !isLoopbackAddress(request.socket.remoteAddress)) turnAway(request);
}

/**
 * Gives Next one spelling of target and host: a plain path, and the portal's own host. Next redirects some paths, and
 * serves files, before proxy.ts is asked; so a request that is refused asks for `/`, which it does neither with.
 * @returns why proxy.ts has to refuse the request.
 */
function readTarget(request: IncomingMessage, portalOrigin: string): EarlyRefusal | undefined {
  const asked = request.url ?? '';
  const target = parseTarget(request.method ?? '', asked);
  const host = target?.host ?? request.headers.host;
  const hosts = request.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host');
  // RFC 9112 3.2: more than one Host is refused; so is what does not wait for its turn.
  const readable = target && hosts.length <= 1 && !isPipelined(request.socket);
  request.url = target?.path ?? '/';
  const isOwn = isOwnHost(host, portalOrigin) || isOtherLoopbackName(host, portalOrigin);
  if (readable && isOwn) request.headers.host = new URL(portalOrigin).host;
  // A load balancer asks for health by the machine's own address.
  if (readable && (isOwn || request.url.startsWith('/api/health/'))) return undefined;
  request.url = '/';
  return { reason: readable ? 'host' : 'malformed', path: asked };
}

/**
 * `Origin: null` beside `Sec-Fetch-Site: same-origin` is a form of ours in a browser that hides where it comes from
 * (Fetch, "append a request Origin header": referrer policy `no-referrer`). No script can set `Sec-Fetch-Site`, while
 * Next's own check of actions knows `Origin` alone.
 */
function trustBrowser(headers: IncomingMessage['headers'], portalOrigin: string): void {
  if (headers.origin === 'null' && headers['sec-fetch-site'] === 'same-origin') headers.origin = portalOrigin;
}

/** A portal with the settings of one machine is for that machine, whatever address it listens on. */
function turnAway(request: IncomingMessage): void {
  request.socket.destroy();
  // Next is given the request all the same; this one does nothing.
  request.method = 'OPTIONS';
  request.url = '/';
}

/** Headers that tell how an answer came about: with them a refusal that is shown as "not found" would be told from one. */
const INTERNAL_ANSWERS = ['x-middleware-rewrite', 'x-nextjs-rewritten-path', 'x-nextjs-rewritten-query'];

/** Takes them back before the head is sent, whoever sends it. */
function hideInternals(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (...told: unknown[]) => ServerResponse;
  response.writeHead = (...told: unknown[]) => {
    if (!response.headersSent) for (const name of INTERNAL_ANSWERS) response.removeHeader(name);
    return writeHead(...told);
  };
}

function strip(headers: IncomingMessage['headers']): void {
  for (const name of Object.keys(headers)) {
    if (process.env.NODE_ENV === 'development' && OF_THE_DEVELOPMENT_CLIENT.includes(name)) continue;
    if (INTERNAL.test(name) || ABOUT_THE_HOST.includes(name)) delete headers[name];
  }
}
