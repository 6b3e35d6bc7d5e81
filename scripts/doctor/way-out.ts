import { connect, type Socket } from 'node:net';
import { fetch, type RequestInit, type Response } from 'undici';
import { createDispatcher } from '../../lib/network/dispatcher';
import { proxyFor, type Target } from '../../lib/network/route';
import { openTunnel } from '../../lib/network/tunnel';

const PATIENCE_MS = 5_000;

/** Reports whether connections to a server go through the egress proxy. */
export function isProxied(target: Target): boolean {
  return proxyFor(target) !== null;
}

/** Opens a connection to a server in the portal's own way. @throws ProxyError; the system's error, with its code. */
export function openSocket(target: Target): Promise<Socket> {
  const proxy = proxyFor(target);
  return proxy ? openTunnel(proxy, target, PATIENCE_MS) : openDirectly(target);
}

/** Opens a connection past the egress proxy, as the driver of the database does. */
export function openDirectly({ host, port }: Target): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port });
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** Requests an address in the portal's own way, and follows no redirect. @throws the system's error, with its code. */
export function ask(address: string | URL, options: RequestInit = {}): Promise<Response> {
  const dispatcher = createDispatcher({ connectTimeout: PATIENCE_MS });
  return fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(2 * PATIENCE_MS), dispatcher, ...options });
}
