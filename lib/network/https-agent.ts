import 'server-only';
import https, { type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { KeyPair } from '@/lib/config/pem';
import { singleton } from '@/lib/singleton';
import { network } from './network';
import { proxyFor } from './route';
import { secureContext } from './trust';
import { openTunnel } from './tunnel';

type Callback = (error: Error | null, stream: Duplex) => void;

/** Carries the requests of Node's https: through the proxy where one leads to the server. */
class OutgoingAgent extends https.Agent {
  override createConnection(options: RequestOptions, callback?: Callback): Duplex | null | undefined {
    const target = { host: options.host ?? '', port: Number(options.port ?? 443) };
    const proxy = proxyFor(target);
    if (!proxy) return super.createConnection(options, callback);
    const done = callback as (error: Error | null, stream?: Duplex | null) => void;
    openTunnel(proxy, target).then(
      (socket) => done(null, super.createConnection({ ...options, socket } as RequestOptions)),
      (error: Error) => done(error),
    );
    return undefined;
  }
}

const agents = singleton('https-agents', () => new WeakMap<object, https.Agent>());

/** Returns the agent for Node's https that presents this client certificate, or none. */
export function httpsAgent(keyPair?: KeyPair): https.Agent {
  const owner = keyPair ?? network();
  const agent = agents.get(owner) ?? new OutgoingAgent({ keepAlive: true, secureContext: secureContext(keyPair) });
  agents.set(owner, agent);
  return agent;
}
