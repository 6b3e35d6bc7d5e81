import 'server-only';
import { randomBytes, randomUUID } from 'node:crypto';
import diagnostics from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { config } from '@/lib/config/config';
import { isNotOffered } from '@/lib/config/offers';
import { log } from '@/lib/log/log';
import { enterRequest, type Refusal } from '@/lib/request-context';
import { singleton } from '@/lib/singleton';
import { clientAddress } from './client-address';
import { guardConnections, isPipelined } from './connections';
import { reportRequest } from './finished-request';
import { isLoopbackAddress, isOtherLoopbackName } from './loopback';
import { isOtherServer } from './metrics-server';
import { refuseUnwantedStorage } from './no-store';
import { isOtherOrigin, isOwnHost } from './own-host';
import { refuse } from './request-guard';
import { parseTarget } from './request-target';
import { defaultHeaders, documentHeaders } from './security-headers';

// Filters requests before Next sees them. Next has no hook for this: its proxy does not know the address of the
// connection, does not run for every response, and cannot remove a header that Next has already used. Node reports
// each request on a diagnostics channel (documentation of `node:diagnostics_channel`, built-in channels).

interface Arrival {
  request: IncomingMessage;
  response: ServerResponse;
  server: Server;
}

/**
 * Decides about a request before Next sees it.
 * @returns whether the request goes on to Next; nothing for a request that it does not concern. Never rejects.
 */
export type Guard = (request: IncomingMessage, response: ServerResponse) => Promise<boolean> | undefined;

/**
 * Matches headers that Next and its hosts write for themselves. Coming from a client, they would instruct Next to skip
 * the proxy, to accept a forwarded action or to resume a render (GHSA-f82v-jwr5-mffw and its successors of 2026).
 */
const INTERNAL =
  /^(x-middleware-|x-nextjs-|x-invoke-|x-next-|x-matched-path$|x-now-|x-vercel-|x-action-forwarded$|x-action-redirect|next-resume$|x-nonce$|x-shown-page$|content-security-policy)/;

/** Headers of Next's development client, which its responses need. Removed in production. */
const OF_THE_DEVELOPMENT_CLIENT = ['x-nextjs-request-id', 'x-nextjs-html-request-id'];

/** A path that must never exist. */
export const NOWHERE = '/nowhere';

/** The header by which proxy.ts names the page to show instead. next.config.mjs rewrites by it. */
export const SHOWN_PAGE = 'x-shown-page';

/** Headers about the host. Ignored, because NEXTAUTH_URL configures the portal's address. */
const ABOUT_THE_HOST = ['x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-forwarded-server', 'forwarded'];

/**
 * Marks requests that Next sends to itself, to answer an action with the page to which it leads: Next copies the headers of
 * the person's request, but not Host, so behind a proxy it names another.
 */
const FROM_ITSELF = 'x-from-itself';
const THIS_PROCESS = randomUUID();

/** Subscribes to the incoming requests of this process, ahead of Next. Idempotent. */
export function handleIncomingRequests(guard: Guard): void {
  const state = singleton('incoming-requests', () => ({ subscribed: false }));
  if (state.subscribed) return;
  state.subscribed = true;
  guardConnections();
  diagnostics.subscribe('http.server.request.start', (message) => {
    const arrival = message as Arrival;
    if (isOtherServer(arrival.server)) return;
    receive(arrival);
    putBefore(arrival.server, guard);
  });
}

const guarded = new WeakSet<Server>();

/** Puts the guard before the listeners of a server, at its first request. Node calls them next. */
function putBefore(server: Server, guard: Guard): void {
  if (guarded.has(server)) return;
  guarded.add(server);
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const pass = () => {
      for (const listener of listeners) listener.call(server, request, response);
    };
    const decision = guard(request, response);
    if (decision) void decision.then((passes) => passes && pass());
    else pass();
  });
}

function receive({ request, response }: Arrival): void {
  const { headers } = request;
  const { trustedProxyHops, portalOrigin, loopback } = config();
  if (headers[FROM_ITSELF] === THIS_PROCESS) headers.host = new URL(portalOrigin).host;
  const forwardedFor = String(headers['x-forwarded-for'] ?? '') || null;
  const address = clientAddress(request.socket.remoteAddress, forwardedFor, trustedProxyHops);
  const requestId = randomUUID();
  const isElsewhere = isOtherOrigin(headers.host, portalOrigin) || isOtherLoopbackName(headers.host, portalOrigin);
  const forwardedAction = headers['x-action-forwarded'] !== undefined;
  const { url: requested = '', method } = request;
  // Fetch's Request, and so Next, cannot express these methods. OPTIONS is rejected as well (request-guard.ts).
  if (method === 'TRACE' || method === 'CONNECT') request.method = 'OPTIONS';
  strip(headers);
  headers[FROM_ITSELF] = THIS_PROCESS;
  trustBrowser(headers, portalOrigin);
  const refusal = readTarget(request, method ?? '', portalOrigin);
  enterRequest({ requestId, address, forwardedAction, otherOrigin: isElsewhere ? requested : undefined });
  if (refusal) rewriteToRefusal(request, refusal, requested);
  else if (isElsewhere && !request.url?.startsWith('/api/')) request.url = refusedPath('host');
  else if (isNotOffered(config().offers, pathOf(request.url ?? ''))) leadNowhere(request);
  response.setHeader('x-request-id', requestId);
  reportRequest(request, response, { path: pathOf(request.url ?? ''), requestId });
  setSecurityHeaders(request, response);
  hideInternals(response);
  refuseUnwantedStorage(response);
  if (loopback && !isLoopbackAddress(request.socket.remoteAddress)) dropRequest(request);
}

/**
 * Normalises target and host for Next, a plain path and the portal's host, because Next redirects some paths and serves
 * files before it calls proxy.ts. Then checks the request.
 * @returns the reason to reject it.
 */
function readTarget(request: IncomingMessage, method: string, portalOrigin: string): Refusal | null {
  const target = parseTarget(method, request.url ?? '');
  const host = target?.host ?? request.headers.host;
  const hosts = request.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host');
  // Rejects more than one Host (RFC 9112 3.2) and pipelined requests.
  if (!target || hosts.length > 1 || isPipelined(request.socket)) return 'malformed';
  request.url = target.path;
  const isOwn = isOwnHost(host, portalOrigin) || isOtherLoopbackName(host, portalOrigin);
  request.headers.host = isOwn ? new URL(portalOrigin).host : host;
  return refuse({ method, pathname: pathOf(target.path), headers: request.headers }, portalOrigin);
}

/** Leads a rejected request to a page that explains why, below an address that Next does not redirect. */
function rewriteToRefusal(request: IncomingMessage, reason: Refusal, requested: string): void {
  const path = pathOf(requested).slice(0, 200);
  log().warn({ event: 'request_refused', reason, method: request.method, path });
  request.url = refusedPath(reason);
}

/** Answers as under an address that does not exist. An action becomes a page request: Next would forward it to its page. */
function leadNowhere(request: IncomingMessage): void {
  request.url = NOWHERE;
  for (const name of ['next-action', 'content-type']) delete request.headers[name];
}

/** Returns the path of app/refused for a reason. */
const refusedPath = (reason: Refusal) => `/refused/${reason}`;

const pathOf = (target: string) => target.split('?', 1)[0] ?? '';

/** Matches the addresses whose responses show no page: the framework's files, and the state that every open page polls. */
const NO_DOCUMENT = /^\/(_next\/static\/|api\/account\/status$)/;

/**
 * Sets the headers of the response. Next reads the nonce of a page's scripts from the request's own policy, which a
 * client's cannot reach (INTERNAL).
 */
function setSecurityHeaders(request: IncomingMessage, response: ServerResponse): void {
  const path = pathOf(request.url ?? '');
  const isDocument = !NO_DOCUMENT.test(path);
  const nonce = randomBytes(16).toString('base64');
  const headers = isDocument ? documentHeaders(config(), path, nonce) : defaultHeaders(config());
  if (isDocument) request.headers['content-security-policy'] = headers['content-security-policy'];
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

/**
 * Restores the hidden origin of a form of the portal: `Origin: null` with `Sec-Fetch-Site: same-origin`
 * (Fetch, "append a request Origin header": referrer policy `no-referrer`). Scripts cannot set `Sec-Fetch-Site`.
 * Next's check of actions reads `Origin` only.
 */
function trustBrowser(headers: IncomingMessage['headers'], portalOrigin: string): void {
  if (headers.origin === 'null' && headers['sec-fetch-site'] === 'same-origin') headers.origin = portalOrigin;
}

/** Closes the connection of another machine. A portal with local settings serves its own machine only. */
function dropRequest(request: IncomingMessage): void {
  request.socket.destroy();
  // Next still receives the request: make it harmless.
  request.method = 'OPTIONS';
  request.url = refusedPath('method');
}

/** Response headers that reveal a rewrite, and so distinguish a rejection from a page that does not exist. */
const INTERNAL_RESPONSE_HEADERS = ['x-middleware-rewrite', 'x-nextjs-rewritten-path', 'x-nextjs-rewritten-query'];

/** Removes these headers just before the response head is sent. */
function hideInternals(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    if (!response.headersSent) for (const name of INTERNAL_RESPONSE_HEADERS) response.removeHeader(name);
    return writeHead(...args);
  };
}

function strip(headers: IncomingMessage['headers']): void {
  for (const name of Object.keys(headers)) {
    if (process.env.NODE_ENV === 'development' && OF_THE_DEVELOPMENT_CLIENT.includes(name)) continue;
    if (INTERNAL.test(name) || ABOUT_THE_HOST.includes(name)) delete headers[name];
  }
}
