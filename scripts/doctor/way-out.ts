import { connect, type Socket } from 'node:net';
import { Agent, fetch, type RequestInit, type Response } from 'undici';

const PATIENCE_MS = 5_000;

/** A server, by name or address. */
export interface Target {
  host: string;
  port: number;
}

/** Reports whether connections to a server go through the egress proxy. */
export function isProxied(_target: Target): boolean {
  return false;
}

/** Opens a connection to a server in the portal's own way. @throws the system's error, with its code. */
export function openSocket({ host, port }: Target): Promise<Socket> {
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
  const dispatcher = new Agent({ connectTimeout: PATIENCE_MS, pipelining: 0 });
  return fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(2 * PATIENCE_MS), dispatcher, ...options });
}
