import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface LineSettings {
  roundTripMs: number;
  kilobitsPerSecond: number;
}

/** The payload of one Ethernet frame. Connections share the line in pieces of this size. */
const PACKET = 1_460;

interface Flow {
  packets: Buffer[];
  to: Socket;
}

interface Flying {
  arrivesAt: number;
  to: Socket;
  packet: Buffer;
}

/** An empty packet ends a connection's direction, after everything before it has arrived. */
const END = Buffer.alloc(0);

/** One direction of the line. All connections take turns, one packet at a time. */
class Direction {
  readonly #waiting: Flow[] = [];
  readonly #flying: Flying[] = [];
  #freeAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly settings: () => LineSettings) {}

  send(flow: Flow, data: Buffer): void {
    if (this.#waiting.length === 0) this.#freeAt = Math.max(this.#freeAt, performance.now());
    if (flow.packets.length === 0) this.#waiting.push(flow);
    if (data.length === 0) flow.packets.push(END);
    for (let at = 0; at < data.length; at += PACKET) flow.packets.push(data.subarray(at, at + PACKET));
    this.#run();
  }

  #run(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    this.#transmit(now);
    for (let next = this.#flying[0]; next && next.arrivesAt <= now; next = this.#flying[0]) {
      this.#flying.shift();
      if (next.packet === END) next.to.end();
      else if (next.to.writable) next.to.write(next.packet);
    }
    const due = Math.min(this.#flying[0]?.arrivesAt ?? Infinity, this.#waiting.length > 0 ? this.#freeAt : Infinity);
    if (Number.isFinite(due)) this.#timer = setTimeout(() => this.#run(), Math.max(0, due - now));
  }

  /** Puts on the line what fits until now. */
  #transmit(now: number): void {
    const { roundTripMs, kilobitsPerSecond } = this.settings();
    while (this.#freeAt <= now) {
      const flow = this.#waiting.shift();
      const packet = flow?.packets.shift();
      if (!flow || !packet) return;
      if (flow.packets.length > 0) this.#waiting.push(flow);
      this.#freeAt += (packet.length * 8) / kilobitsPerSecond;
      this.#flying.push({ arrivesAt: this.#freeAt + roundTripMs / 2, to: flow.to, packet });
    }
  }
}

/** A line with round trips and a rate, shared by all connections through it. */
export class Line {
  settings: LineSettings = { roundTripMs: 0, kilobitsPerSecond: Number.POSITIVE_INFINITY };
  readonly #up = new Direction(() => this.settings);
  readonly #down = new Direction(() => this.settings);
  readonly #servers: Server[] = [];

  /** Listens on `port` and forwards to `target` on this machine. */
  async forward(port: number, target: number): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (client) => this.#carry(client, target));
    this.#servers.push(server.listen(port));
    await once(server, 'listening');
  }

  close(): void {
    for (const server of this.#servers) server.close();
  }

  #carry(client: Socket, target: number): void {
    const server = connect({ port: target, host: 'localhost', allowHalfOpen: true });
    connectEnds(this.#up, client, server);
    connectEnds(this.#down, server, client);
    // The handshake takes a round trip before the client may send.
    client.pause();
    setTimeout(() => client.resume(), this.settings.roundTripMs);
  }
}

function connectEnds(direction: Direction, from: Socket, to: Socket): void {
  const flow: Flow = { packets: [], to };
  from.setNoDelay(true);
  from.on('data', (data) => direction.send(flow, data));
  from.on('end', () => direction.send(flow, END));
  from.on('error', () => to.destroy());
}
