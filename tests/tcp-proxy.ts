import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The state of the network between two programs. */
export const NETWORKS = ['pass', 'refuse', 'hang', 'cut-responses', 'slow'] as const;
export type Network = (typeof NETWORKS)[number];

/** A network connection that can fail. */
export interface TcpProxy {
  port: number;
  network: Network;
  /** Resets every open connection. */
  cut(): void;
  close(): Promise<void>;
}

const SLOW_MS = 300;

/** Listens on a free port and forwards connections to `target`, according to the current `network`. */
export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    track(open, client);
    if (proxy.network === 'refuse') client.resetAndDestroy();
    else if (proxy.network !== 'hang') carry(client, track(open, connect(target)), () => proxy.network);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    network: 'pass',
    cut,
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

function carry(client: Socket, target: Socket, network: () => Network): void {
  client.on('data', (chunk) => target.write(chunk));
  target.on('data', (chunk) => {
    if (network() === 'hang') return;
    // Half a response, then nothing, after the other side has done its work.
    if (network() === 'cut-responses')
      client.write(chunk.subarray(0, chunk.length / 2), () => client.resetAndDestroy());
    else if (network() === 'slow') setTimeout(() => client.writable && client.write(chunk), SLOW_MS);
    else client.write(chunk);
  });
  client.on('close', () => target.destroy());
  target.on('close', () => client.destroy());
}

function track(open: Set<Socket>, socket: Socket): Socket {
  open.add(socket);
  socket.on('close', () => open.delete(socket));
  socket.on('error', () => {});
  return socket;
}
