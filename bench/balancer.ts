import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';

/** Starts a proxy that sends each request to the next portal, as a load balancer without affinity does. */
export async function startBalancer(port: number, origins: string[]): Promise<{ close(): void }> {
  // A kept connection may close just when it is used again, which a real balancer hides by a retry.
  const agent = new Agent({ keepAlive: false });
  let turn = 0;
  const server = createServer((incoming, response) => {
    turn += 1;
    const { port, hostname } = new URL(origins[turn % origins.length] ?? '');
    const options = { port, hostname, agent, path: incoming.url, method: incoming.method, headers: incoming.headers };
    const forwarded = request(options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forwarded.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    response.on('close', () => response.writableFinished || forwarded.destroy());
    incoming.pipe(forwarded);
  });
  server.listen(port);
  await once(server, 'listening');
  return {
    close() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}
