import type { Socket } from 'node:net';

/** A reply of a mail server (RFC 5321 4.2). */
export interface Reply {
  code: number;
  /** The enhanced status code (RFC 3463), such as 5.7.1, or empty. */
  status: string;
  lines: string[];
}

const PATIENCE_MS = 8_000;

/** A dialog with a mail server, one command at a time. */
export class SmtpDialog {
  #received = '';
  #wake: () => void = () => {};
  #ended: Error | null = null;

  constructor(readonly socket: Socket) {
    socket.on('data', (data: Buffer) => {
      this.#received += data.toString('utf8');
      this.#wake();
    });
    const end = (error?: Error) => {
      this.#ended ??= error ?? Object.assign(new Error(), { code: 'ECONNRESET' });
      this.#wake();
    };
    socket.once('error', end);
    socket.once('close', () => end());
  }

  /** Sends a command and returns its reply. Keep commands with credentials out of every line of the report. */
  async say(command: string): Promise<Reply> {
    this.socket.write(`${command}\r\n`);
    return this.reply();
  }

  /** Returns the next reply. @throws the connection's error, or TimeoutError. */
  async reply(): Promise<Reply> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    for (;;) {
      const end = /^(\d{3})(?: .*)?\r?\n/m.exec(this.#received);
      if (end) {
        const text = this.#received.slice(0, end.index + end[0].length);
        this.#received = this.#received.slice(text.length);
        const lines = text.trimEnd().split(/\r?\n/);
        return { code: Number(end[1]), status: /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(end[0])?.[1] ?? '', lines };
      }
      if (this.#ended) throw this.#ended;
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    }
  }

  /** Hands the connection over, for TLS. */
  detach(): Socket {
    this.socket.removeAllListeners('data');
    this.socket.removeAllListeners('close');
    return this.socket;
  }
}
