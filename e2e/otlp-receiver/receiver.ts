// A collector that keeps what it receives, and can be as broken as real ones: for tests.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ReceivedPoint, type ReceivedSpan, readPoints, readSpans } from './protobuf';

/** How the receiver answers: as it should, with status 503 or 400, with nonsense, with an endless body, or not at all. */
type Mood = 'good' | 'unavailable' | 'refusing' | 'garbage' | 'endless' | 'silent';

export interface Receiver {
  server: Server;
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  url: string;
  spans: ReceivedSpan[];
  /** Every point of every export, in order. */
  points: ReceivedPoint[];
  /** Everything that was received, as it was sent. */
  bodies: Buffer[];
  headers: IncomingMessage['headers'][];
  mood: Mood;
  close(): Promise<void>;
}

export async function startReceiver(port = 0): Promise<Receiver> {
  const server = createServer((request, response) => void receive(request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const receiver: Receiver = {
    server,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ spans: [], points: [], bodies: [], headers: [], mood: 'good' },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    receiver.bodies.push(body);
    receiver.headers.push(request.headers);
    if (receiver.mood !== 'good') return misbehave(receiver.mood, response);
    if (request.url === '/v1/traces') receiver.spans.push(...readSpans(body));
    else if (request.url === '/v1/metrics') receiver.points.push(...readPoints(body));
    else return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  }
  return receiver;
}

function misbehave(mood: Mood, response: ServerResponse): void {
  if (mood === 'unavailable') response.writeHead(503, { 'retry-after': '1' }).end();
  if (mood === 'refusing') response.writeHead(400).end();
  if (mood === 'garbage') response.writeHead(200, { 'content-type': 'text/html' }).end('<html>\u0000 not a response');
  if (mood !== 'endless') return;
  response.writeHead(200);
  const more = () => {
    while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
  };
  response.on('drain', more);
  more();
}
