import 'server-only';
import { Agent, buildConnector } from 'undici';
import type { KeyPair } from '@/lib/config/pem';
import { network } from './network';
import { proxyFor } from './route';
import { secureContext } from './trust';
import { openTunnel } from './tunnel';

interface Options {
  /** Presented to every server, instead of the one that the settings name for an origin. */
  keyPair?: KeyPair;
  /** The only authority that counts, as PEM. */
  authority?: string;
  /** Limits connecting, in milliseconds. */
  connectTimeout?: number;
  /** Keeps an unused connection for this long, in milliseconds. */
  keepAliveTimeout?: number;
}

/** Creates what carries the requests of `fetch`: through the proxy where one leads to the server. */
export function createDispatcher({ keyPair, authority, connectTimeout, ...options }: Options = {}): Agent {
  const connector = (pair?: KeyPair) => buildConnector({ timeout: connectTimeout, ...secureOptions(pair, authority) });
  const usual = connector(keyPair);
  const special = new Map([...(keyPair ? [] : network().keyPairs)].map(([origin, pair]) => [origin, connector(pair)]));
  const connect: buildConnector.connector = (server, callback) => {
    const { protocol, hostname: host, port } = server;
    const target = { host, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
    const connectTo = special.get(originOf(protocol, target)) ?? usual;
    const proxy = proxyFor(target);
    if (!proxy) return connectTo(server, callback);
    openTunnel(proxy, target, connectTimeout).then(
      (httpSocket) => connectTo({ ...server, httpSocket }, callback),
      (error: Error) => callback(error, null),
    );
  };
  return new Agent({ ...options, connect });
}

function secureOptions(pair?: KeyPair, authority?: string) {
  const context = secureContext(pair, authority);
  return context ? { secureContext: context } : {};
}

function originOf(protocol: string, { host, port }: { host: string; port: number }): string {
  return new URL(`${protocol}//${host.includes(':') ? `[${host}]` : host}:${port}`).origin;
}
