import 'server-only';
import { randomUUID } from 'node:crypto';
import diagnostics from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { config } from '../config';
import { processWide } from '../process-wide';
import { defaultHeaders } from '../security-headers';
import { clientAddress } from './client-address';
import { refuseUnwantedStorage } from './no-store';
import { enterRequest } from './request-context';

// What has to happen before Next sees a request. Next has no hook for it: its proxy never learns the connection's
// address, does not run for every answer, and cannot take back a header that Next has already believed. Node announces
// each request on a channel of its own (documentation of `node:diagnostics_channel`, built-in channels).

interface Arrival {
  request: IncomingMessage;
  response: ServerResponse;
  server: Server;
}

/**
 * Headers that Next and its hosts write for themselves. From outside they are orders: skip the proxy, take this for an
 * action that was forwarded, resume that render (GHSA-f82v-jwr5-mffw and its successors of 2026).
 */
const INTERNAL =
  /^(x-middleware-|x-nextjs-|x-invoke-|x-next-|x-matched-path$|x-now-|x-vercel-|x-action-forwarded$|x-action-redirect|next-resume$|x-nonce$|content-security-policy)/;

/** The portal's own address is configured (NEXTAUTH_URL): what a request says of it counts for nothing. */
const ABOUT_THE_HOST = ['x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-forwarded-server', 'forwarded'];

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** Starts to look at every request of this process before Next does. A second call changes nothing. */
export function openFrontDoor(): void {
  const door = processWide('front-door', () => ({ open: false }));
  if (door.open) return;
  door.open = true;
  diagnostics.subscribe('http.server.request.start', (message) => receive(message as Arrival));
}

function receive({ request, response, server }: Arrival): void {
  const { headers } = request;
  const { trustedProxyHops } = config();
  const forwardedFor = String(headers['x-forwarded-for'] ?? '') || null;
  const address = clientAddress(request.socket.remoteAddress, forwardedFor, trustedProxyHops);
  const requestId = randomUUID();
  enterRequest({ requestId, address });
  strip(headers);
  response.setHeader('x-request-id', requestId);
  for (const [name, value] of Object.entries(defaultHeaders(config()))) response.setHeader(name, value);
  refuseUnwantedStorage(response);
  // Fetch's Request, and with it Next, cannot express these methods; OPTIONS is refused like them (request-guard.ts).
  if (request.method === 'TRACE' || request.method === 'CONNECT') request.method = 'OPTIONS';
  hurrySlowClients(server);
}

function strip(headers: IncomingMessage['headers']): void {
  for (const name of Object.keys(headers)) {
    if (INTERNAL.test(name) || ABOUT_THE_HOST.includes(name)) delete headers[name];
  }
}

/** A client that sends a byte now and then must not hold a connection for minutes. */
function hurrySlowClients(server: Server): void {
  if (server.requestTimeout === REQUEST_TIMEOUT_MS) return;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
}
