import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** The way out of a bank's network: a proxy that alone knows the addresses of the servers outside. */
export interface EgressProxy {
  url: string;
  /** What it was asked to connect to, such as `kuna.bank.test:443`. */
  targets: string[];
  /** Responds to CONNECT like this instead of connecting. */
  refusal: { status: number; body: string } | null;
  close(): void;
}

/**
 * Starts a proxy for CONNECT on a free port.
 * @param ports the ports on this machine of the servers outside, by host name. No name server knows these names.
 * @param credentials `user:password` that the proxy asks for.
 */
export async function startEgressProxy(ports: Record<string, number>, credentials?: string): Promise<EgressProxy> {
  const expected = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
  const open = new Set<Socket>();
  const server = createServer((_request, response) => response.writeHead(501).end('Use CONNECT'));
  server.on('connect', ({ url = '', headers }, stream, head: Buffer) => {
    const client = stream as Socket;
    proxy.targets.push(url);
    const deny = (status: number, body: string) =>
      client.end(`HTTP/1.1 ${status} No\r\ncontent-type: text/html\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    if (proxy.refusal) return deny(proxy.refusal.status, proxy.refusal.body);
    if (expected && headers['proxy-authorization'] !== expected) return deny(407, '<p>Who are you?</p>');
    const port = ports[url.split(':')[0] ?? ''];
    if (port === undefined) return deny(502, '<p>No such host</p>');
    const target = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connected\r\n\r\n');
      target.write(head);
      client.pipe(target).pipe(client);
    });
    for (const socket of [client, target]) {
      open.add(socket);
      socket.on('error', () => {}).on('close', () => open.delete(socket));
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const proxy: EgressProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    targets: [],
    refusal: null,
    close() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
  return proxy;
}
