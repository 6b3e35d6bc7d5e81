import 'server-only';
import diagnostics from 'node:diagnostics_channel';
import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { config } from '@/lib/config/config';
import { singleton } from '@/lib/singleton';
import { isOtherServer } from './metrics-server';
import { rejectUnreadable } from './unreadable';

// Every connection gets a response or is closed, whatever the client sends. Node reports each connection before it
// reads from it (documentation of `node:diagnostics_channel`, `net.server.socket`).

/** Slowloris protection. Node checks every 30 seconds (`connectionsCheckingInterval`). */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Closes a connection on which nothing is sent or read. Node may take twice as long. */
const INACTIVITY_TIMEOUT_MS = 60_000;
/** Raises Node's limit of 16 KiB, so that request-guard.ts can reject larger headers with a page. */
export const LONGEST_READABLE_HEADERS = 128 * 1024;
/** Limits unanswered requests on one connection. One more closes the connection. */
const MOST_PIPELINED = 4;
/** Limits the time for pending responses when the server closes. */
const PENDING_MS = 10_000;
/** Limits the time for registered work after the last response. */
const LAST_WORK_MS = 4_000;
/** Limits the time for that work and for what Next does after it. */
const CLEANUP_MS = 5_000;

const connections = singleton('connections', () => ({
  guarded: new WeakSet<Server>(),
  /** Open connections with their number of unanswered requests. */
  open: new Map<Socket, number>(),
  draining: new WeakSet<Server>(),
  ending: false,
  /** Work to finish after the last response, before the process ends. */
  lastWork: [] as (() => Promise<void>)[],
}));

/** Registers work for the end of the process, after the last response. It must not reject. */
export function beforeEnd(work: () => Promise<void>): void {
  connections.lastWork.push(work);
}

/** Reports whether this process was told to end. /api/health/ready then answers 503, while requests are still served. */
export function isDraining(): boolean {
  return connections.ending;
}

/** Guards all connections of this process, including those of servers that already listen. */
export function guardConnections(): void {
  diagnostics.subscribe('net.server.socket', (message) => {
    const { socket } = message as { socket: Socket & { server?: unknown } };
    if (!(socket.server instanceof Server) || isOtherServer(socket.server)) return;
    guard(socket.server);
    socket.setTimeout(INACTIVITY_TIMEOUT_MS);
    connections.open.set(socket, 0);
    socket.once('close', () => connections.open.delete(socket));
  });
  diagnostics.subscribe('http.server.request.start', (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    if (connections.open.has(request.socket)) countRequest(request.socket, response);
  });
  const existing = activeHandles();
  for (const handle of existing) if (handle instanceof Server) guard(handle);
  // Next listens before it starts the portal. Earlier connections skipped the portal's checks: the client must reconnect.
  for (const handle of existing) if (isFromClient(handle) && !inDevelopment()) handle.destroy();
}

function guard(server: Server): void {
  if (connections.guarded.has(server)) return;
  connections.guarded.add(server);
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.timeout = INACTIVITY_TIMEOUT_MS;
  Object.assign(server, { maxHeaderSize: LONGEST_READABLE_HEADERS });
  server.on('clientError', (error, socket) =>
    rejectUnreadable(error, socket as Socket, isResponding(socket as Socket)),
  );
  if (!inDevelopment()) ignoreUpgrades(server);
  drainOnClose(server);
}

/**
 * Treats a request with `Upgrade` as an ordinary request (RFC 9110 7.8 allows it). Without a listener, Node keeps its
 * parser, its timeouts and the portal's checks. Next adds listeners that neither respond nor close; its development
 * server needs them for live reload.
 */
function ignoreUpgrades(server: Server): void {
  server.removeAllListeners('upgrade');
  server.on('newListener', (event) => {
    if (event === 'upgrade') process.nextTick(() => server.removeAllListeners('upgrade'));
  });
}

/**
 * Next closes its server on SIGTERM. Goes on serving for DRAIN_SECONDS before that, so that proxies notice and send new
 * requests elsewhere.
 */
function drainOnClose(server: Server): void {
  const close = server.close.bind(server);
  server.close = (callback) => {
    connections.draining.add(server);
    connections.ending = true;
    const { drainSeconds } = config();
    const finish = () => {
      endConnections(server);
      close(async (error) => {
        // Next ends the process when this returns.
        await Promise.race([Promise.all(connections.lastWork.map((work) => work())), sleep(LAST_WORK_MS)]);
        callback?.(error);
      });
    };
    if (drainSeconds > 0 && !inDevelopment()) setTimeout(finish, drainSeconds * 1000);
    else finish();
    return server;
  };
}

/** Ends idle connections, and limits the wait for slow clients. Node no longer checks its timeouts on a closed server. */
function endConnections(server: Server): void {
  const own = [...connections.open.keys()].filter((socket) => serverOf(socket) === server);
  for (const socket of own) if (!isResponding(socket)) socket.destroy();
  setTimeout(() => own.forEach((socket) => void socket.destroy()), PENDING_MS).unref();
  // 128 + SIGTERM, as Next exits.
  if (!inDevelopment()) setTimeout(() => process.exit(143), PENDING_MS + CLEANUP_MS).unref();
}

function countRequest(socket: Socket, response: ServerResponse): void {
  if (isClosing(socket)) response.setHeader('connection', 'close');
  const unanswered = (connections.open.get(socket) ?? 0) + 1;
  connections.open.set(socket, unanswered);
  if (unanswered > MOST_PIPELINED) socket.destroy();
  response.once('close', () => {
    const left = (connections.open.get(socket) ?? 1) - 1;
    if (socket.destroyed) connections.open.delete(socket);
    else connections.open.set(socket, left);
    if (isClosing(socket) && left === 0) socket.destroySoon();
  });
}

/**
 * Reports whether a request arrived before the previous response of its connection (pipelining, RFC 9112 9.3.2).
 * Browsers and proxies do not pipeline. If the connection ends while such a response waits, Node emits no event, and a
 * file that Next opened for it would stay open.
 */
export function isPipelined(socket: Socket): boolean {
  return (connections.open.get(socket) ?? 0) > 1;
}

function isResponding(socket: Socket): boolean {
  return (connections.open.get(socket) ?? 0) > 0;
}

function isClosing(socket: Socket): boolean {
  const server = serverOf(socket);
  return server instanceof Server && connections.draining.has(server);
}

function isFromClient(handle: unknown): handle is Socket {
  return handle instanceof Socket && serverOf(handle) instanceof Server;
}

function serverOf(socket: Socket): unknown {
  return (socket as Socket & { server?: unknown }).server;
}

/** Returns Node's active handles. The public list has names only, and nothing else leads to a running server. */
function activeHandles(): unknown[] {
  return (process as unknown as { _getActiveHandles?: () => unknown[] })._getActiveHandles?.() ?? [];
}

function inDevelopment(): boolean {
  return process.env.NODE_ENV === 'development';
}
