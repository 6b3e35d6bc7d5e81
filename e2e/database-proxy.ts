// A proxy between a portal and PostgreSQL that breaks at a chosen statement.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The fate of the statement at which the proxy breaks. */
export type How =
  /** The statement never arrives, and every connection is reset. */
  | 'cut'
  /** The statement never arrives, and no response ever comes. */
  | 'hang'
  /** The statement is carried out, and the connection is reset instead of a response. */
  | 'response-lost';

interface Plan {
  /** The number of statements that still pass, or the next `commit`. */
  after: number | 'commit';
  how: How;
  /** Whether only that connection breaks and new ones work. */
  once: boolean;
}

export class DatabaseProxy {
  readonly #open = new Set<Socket>();
  #plan: Plan | null = null;
  #broken: How | null = null;
  /** The number of statements sent since `breakAfter`. */
  statements = 0;
  /** Whether the chosen statement was reached. */
  hit = false;
  readonly #server = createServer((client) => this.#carry(client));

  private constructor(private readonly target: URL) {}

  /** Returns a proxy to the database at this address. */
  static async to(address: string): Promise<DatabaseProxy> {
    const proxy = new DatabaseProxy(new URL(address));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** The address of the database through this proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  /** Breaks after this many statements, or at the next `commit`; 0 breaks at the next statement. */
  breakAfter(after: Plan['after'], how: How, once = false): void {
    this.mend();
    this.#plan = { after, how, once };
  }

  /** Lets everything pass again, over new connections. */
  mend(): void {
    const wasBroken = this.#broken !== null || this.#plan !== null;
    this.#plan = null;
    this.#broken = null;
    this.statements = 0;
    this.hit = false;
    if (wasBroken) this.#reset();
  }

  /** Stops all traffic. */
  cut(): void {
    this.#broken = 'cut';
    this.#reset();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #reset(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }

  #carry(client: Socket): void {
    this.#track(client);
    if (this.#broken === 'hang') return;
    if (this.#broken) {
      client.resetAndDestroy();
      return;
    }
    const server = this.#track(connect(Number(this.target.port), this.target.hostname));
    let responseLost = false;
    const read = messages();
    client.on('data', (chunk) => {
      if (this.#broken === 'hang') return;
      const fate = read(chunk).some((statement) => this.#breaksAt(statement)) ? this.#plan : null;
      if (!fate) {
        server.write(chunk);
        return;
      }
      this.#plan = null;
      this.hit = true;
      if (!fate.once) this.#broken = fate.how;
      if (fate.how === 'hang') return;
      if (fate.how === 'cut') {
        if (fate.once) client.resetAndDestroy();
        else this.#reset();
        return;
      }
      responseLost = true;
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (responseLost) {
        if (this.#broken) this.#reset();
        else client.resetAndDestroy();
      } else if (this.#broken !== 'hang') client.write(chunk);
    });
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  }

  #breaksAt(statement: string): boolean {
    if (!this.#plan) return false;
    this.statements += 1;
    if (this.#plan.after === 'commit') return /^commit/i.test(statement);
    return this.statements > this.#plan.after;
  }

  #track(socket: Socket): Socket {
    this.#open.add(socket);
    socket.on('close', () => this.#open.delete(socket));
    socket.on('error', () => {});
    return socket;
  }
}

/** Reads the client's side of PostgreSQL's protocol (manual, 54.7). @returns the statements of each chunk. */
function messages(): (chunk: Buffer) => string[] {
  let rest: Buffer = Buffer.alloc(0);
  let started = false;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const statements: string[] = [];
    for (;;) {
      // The first message has no type.
      const typed = started ? 1 : 0;
      if (rest.length < typed + 4) return statements;
      const end = typed + rest.readUInt32BE(typed);
      if (rest.length < end) return statements;
      const body = rest.subarray(typed + 4, end).toString('latin1');
      const type = started ? String.fromCharCode(rest[0] ?? 0) : '';
      if (type === 'Q') statements.push(body);
      if (type === 'P') statements.push(body.slice(body.indexOf('\0') + 1));
      started = true;
      rest = rest.subarray(end);
    }
  };
}
