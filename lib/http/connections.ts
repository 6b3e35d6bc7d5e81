import 'server-only';
import diagnostics from 'node:diagnostics_channel';
import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { singleton } from '@/lib/singleton';
import { answerUnreadable } from './unreadable';

// Every connection is answered or closed, whatever is sent on it. Node announces each one on a channel of its own
// (documentation of `node:diagnostics_channel`, `net.server.socket`) before a byte of it is read.

/** For the headers of a request, and for all of it. Node looks every 30 seconds: `connectionsCheckingInterval`. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Nothing sent and nothing read: a client that does not take its answer. Node may look twice before it believes it. */
const INACTIVITY_TIMEOUT_MS = 60_000;
/** Node's own limit is 16 KiB. What is served at most is request-guard.ts's to say; what lies between gets a page. */
export const LONGEST_READABLE_HEADERS = 128 * 1024;
/** Requests on one connection before the first is answered; with one more the connection is closed. */
const MOST_PIPELINED = 4;
/** What is being answered when the server closes may take so long. */
const DRAIN_MS = 10_000;

const connections = singleton('connections', () => ({
  guarded: new WeakSet<Server>(),
  /** Open connections, with the number of requests that are being answered. */
  open: new Map<Socket, number>(),
  draining: new WeakSet<Server>(),
}));

/** Starts to look after all connections of this process, of servers that listen already too. */
export function guardConnections(): void {
  diagnostics.subscribe('net.server.socket', (message) => {
    const { socket } = message as { socket: Socket & { server?: unknown } };
    if (!(socket.server instanceof Server)) return;
    guard(socket.server);
    socket.setTimeout(INACTIVITY_TIMEOUT_MS);
    connections.open.set(socket, 0);
    socket.once('close', () => connections.open.delete(socket));
  });
  diagnostics.subscribe('http.server.request.start', (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    countRequest(request.socket, response);
  });
  const existing = activeHandles();
  for (const handle of existing) if (handle instanceof Server) guard(handle);
  // Next listens before it starts the portal. What came in between has passed nothing of ours: it has to come again.
  for (const handle of existing) if (isFromClient(handle) && !inDevelopment()) handle.destroy();
}

function guard(server: Server): void {
  if (connections.guarded.has(server)) return;
  connections.guarded.add(server);
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.timeout = INACTIVITY_TIMEOUT_MS;
  Object.assign(server, { maxHeaderSize: LONGEST_READABLE_HEADERS });
  server.on('clientError', (error, socket) => answerUnreadable(error, socket as Socket, isAnswering(socket as Socket)));
  if (!inDevelopment()) ignoreUpgrades(server);
  drainOnClose(server);
}

/**
 * Makes a request with `Upgrade` an ordinary one (RFC 9110 7.8 allows to ignore the header): without a listener Node
 * leaves it with its parser, its timeouts and the portal's own checks. Next has a listener that neither answers nor
 * closes, and may add another at any time. Its development server needs it for live reload.
 */
function ignoreUpgrades(server: Server): void {
  server.removeAllListeners('upgrade');
  server.on('newListener', (event) => {
    if (event === 'upgrade') process.nextTick(() => server.removeAllListeners('upgrade'));
  });
}

/** Node stops to look for slow clients when a server closes, and would wait for them for ever. */
function drainOnClose(server: Server): void {
  const close = server.close.bind(server);
  server.close = (callback) => {
    connections.draining.add(server);
    const own = [...connections.open.keys()].filter((socket) => serverOf(socket) === server);
    for (const socket of own) if (!isAnswering(socket)) socket.destroy();
    setTimeout(() => own.forEach((socket) => void socket.destroy()), DRAIN_MS).unref();
    return close(callback);
  };
}

function countRequest(socket: Socket, response: ServerResponse): void {
  if (isDraining(socket)) response.setHeader('connection', 'close');
  const underWay = (connections.open.get(socket) ?? 0) + 1;
  connections.open.set(socket, underWay);
  if (underWay > MOST_PIPELINED) socket.destroy();
  response.once('close', () => {
    const left = (connections.open.get(socket) ?? 1) - 1;
    if (socket.destroyed) connections.open.delete(socket);
    else connections.open.set(socket, left);
    if (isDraining(socket) && left === 0) socket.destroySoon();
  });
}

/**
 * Whether a request came before the one ahead of it on its connection was answered (pipelining, RFC 9112 9.3.2), which
 * browsers and proxies do not do. Its answer waits for its turn, and when the connection ends meanwhile, Node tells
 * nobody: a file that Next has opened for it would stay open for ever.
 */
export function isPipelined(socket: Socket): boolean {
  return (connections.open.get(socket) ?? 0) > 1;
}

function isAnswering(socket: Socket): boolean {
  return (connections.open.get(socket) ?? 0) > 0;
}

function isDraining(socket: Socket): boolean {
  const server = serverOf(socket);
  return server instanceof Server && connections.draining.has(server);
}

function isFromClient(handle: unknown): handle is Socket {
  return handle instanceof Socket && serverOf(handle) instanceof Server;
}

function serverOf(socket: Socket): unknown {
  return (socket as Socket & { server?: unknown }).server;
}

/** Node's public list of what keeps a process alive gives names only, and a server has no other way to be found. */
function activeHandles(): unknown[] {
  return (process as unknown as { _getActiveHandles?: () => unknown[] })._getActiveHandles?.() ?? [];
}

function inDevelopment(): boolean {
  return process.env.NODE_ENV === 'development';
}
