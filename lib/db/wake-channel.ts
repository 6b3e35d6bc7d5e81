import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { describeError, log } from '@/lib/log/log';
import { announcedPid, isPooled, newConnection } from './connection';

const CHANNEL = 'portal_wake';
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** The server answers as another one than the connection began with: a pooler shares connections between clients. */
class PoolerError extends Error {
  override readonly name = 'PoolerError';
}

/**
 * Carries wake signals between the instances of one PostgreSQL database (LISTEN and NOTIFY), on a connection of its own.
 * A signal saves time and carries no work: an instance that misses it finds the work in its next round.
 */
export class WakeChannel {
  #client: Client | null = null;
  #sending = false;
  #again = false;
  #closed = false;

  /** @param onWake called when another instance has sent a signal, or may have while there was no connection. */
  constructor(
    private readonly url: string,
    private readonly onWake: () => void,
  ) {
    void this.#keepListening();
  }

  /** Wakes all other instances. Returns at once and never fails. Signals that are sent during one become one. */
  send(): void {
    this.#again = true;
    if (!this.#sending) void this.#sendAll();
  }

  close(): void {
    this.#closed = true;
    void end(this.#client);
  }

  /** Sends outside of transactions that people wait for: PostgreSQL commits one transaction with a NOTIFY at a time. */
  async #sendAll(): Promise<void> {
    this.#sending = true;
    while (this.#again) {
      this.#again = false;
      const client = this.#client;
      await client?.query(`notify ${CHANNEL}`).catch(() => end(client));
    }
    this.#sending = false;
  }

  async #keepListening(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !this.#closed; await sleep(pause, undefined, { ref: false })) {
      const client = this.#newClient();
      const ended = new Promise((resolve) => client.once('end', resolve));
      try {
        await listen(client);
        this.#client = client;
        pause = FIRST_PAUSE_MS;
        this.onWake();
        if (this.#closed) void end(client);
        await ended;
      } catch (error) {
        void end(client);
        // Once for each outage.
        if (pause === FIRST_PAUSE_MS) log().warn({ event: 'wake_signals_missed', error: describeError(error) });
        if (error instanceof PoolerError) return;
        pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
      }
      this.#client = null;
    }
  }

  #newClient(): Client {
    const client = newConnection(this.url, { query_timeout: 3000, keepAlive: true });
    client.on('notification', ({ processId }) => {
      // Its own signals come back as well.
      if (processId !== announcedPid(client)) this.onWake();
    });
    return client;
  }
}

/** @throws PoolerError behind a pooler, where signals would reach whichever client has the connection by then. */
async function listen(client: Client): Promise<void> {
  await client.connect();
  if (await isPooled(client))
    throw new PoolerError('LISTEN needs a direct connection to PostgreSQL: set DATABASE_DIRECT_URL');
  await client.query(`listen ${CHANNEL}`);
}

async function end(client: Client | null): Promise<void> {
  await client?.end().catch(() => {});
}
