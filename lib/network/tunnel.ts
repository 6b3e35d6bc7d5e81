import 'server-only';
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Target } from './route';
import { secureContext } from './trust';

/** Codes of a ProxyError, for the log. */
export type ProxyCode =
  /** The proxy cannot be reached, or its certificate is not accepted. */
  | 'PROXY_UNREACHABLE'
  /** The proxy answered too late. */
  | 'PROXY_TIMEOUT'
  /** The proxy wants other credentials, or any (407). */
  | 'PROXY_CREDENTIALS'
  /** The proxy does not lead to this server. */
  | 'PROXY_REFUSED';

/** Thrown when the proxy opens no tunnel. Nothing was sent to the server behind it. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  constructor(
    readonly code: ProxyCode,
    /** The status of the proxy's response. */
    readonly status?: number,
  ) {
    super(status === undefined ? code : `${code} (${status})`);
  }
}

/** The time for the proxy's response, which comes once it has reached the server. */
const PATIENCE_MS = 10_000;

/**
 * Opens a tunnel to a server (CONNECT, RFC 9110 9.3.6). The proxy resolves the server's name. Whatever the proxy sends
 * with another status than 2xx is dropped, so that no page of its own passes for a response.
 * @throws ProxyError
 */
export function openTunnel(proxy: URL, target: Target, timeoutMs = PATIENCE_MS): Promise<Socket> {
  const authority = `${target.host.includes(':') ? `[${target.host.replace(/^\[|\]$/g, '')}]` : target.host}:${target.port}`;
  const credentials = credentialsOf(proxy);
  const { request } = proxy.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const connect = request({
      method: 'CONNECT',
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      path: authority,
      headers: { host: authority, ...(credentials && { 'proxy-authorization': credentials }) },
      agent: false,
      ...(proxy.protocol === 'https:' && { secureContext: secureContext() }),
    });
    const fail = (error: ProxyError) => {
      clearTimeout(timer);
      connect.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(new ProxyError('PROXY_TIMEOUT')), timeoutMs);
    connect.once('error', () => fail(new ProxyError('PROXY_UNREACHABLE')));
    // Node reports every response to CONNECT here, whatever its status.
    connect.once('connect', ({ statusCode = 0 }, socket, head) => {
      clearTimeout(timer);
      if (statusCode >= 200 && statusCode < 300) {
        if (head.length > 0) socket.unshift(head);
        return resolve(socket as Socket);
      }
      socket.destroy();
      reject(new ProxyError(statusCode === 407 ? 'PROXY_CREDENTIALS' : 'PROXY_REFUSED', statusCode));
    });
    connect.end();
  });
}

/** Returns the header that proves who is asking (RFC 7617), or null. */
function credentialsOf({ username, password }: URL): string | null {
  if (!username && !password) return null;
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}
