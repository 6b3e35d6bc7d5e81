import 'server-only';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { singleton } from '@/lib/singleton';

/** Servers of this process that are not the portal's. */
const others = singleton('other-servers', () => ({ servers: new WeakSet<object>() }));

/** Returns whether a server is not the portal's, so that the rules for its requests are no rules for these. */
export function isOtherServer(server: object): boolean {
  return others.servers.has(server);
}

/** Marks a server as not the portal's. */
export function leaveAlone(server: object): void {
  others.servers.add(server);
}

/**
 * Serves `/metrics` on a port of its own, which only Prometheus is to reach: it asks nobody who they are.
 * @param host an address of this machine; a loopback address where Prometheus, or its agent, runs here.
 * @returns the listening server, which does not keep the process running.
 * @throws when the port is taken.
 */
export async function serveMetrics(
  { host, port }: { host: string; port: number },
  scrape: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url?.split('?', 1)[0] === '/metrics' && request.method === 'GET') return scrape(request, response);
    response.writeHead(404).end();
  });
  leaveAlone(server);
  server.unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}
