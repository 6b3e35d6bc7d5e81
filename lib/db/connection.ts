import 'server-only';
import { PGlite } from '@electric-sql/pglite';
import { Client, type ClientConfig, DatabaseError, Pool, type PoolConfig } from 'pg';
import { postgresConnection } from '@/lib/network/postgres';
import { reportStatements } from '@/lib/telemetry/statements';
import { isTelemetryOn } from '@/lib/telemetry/telemetry';

// The only file that opens a database.

/** Opens the embedded database of a folder. */
export async function openEngine(folder: string): Promise<PGlite> {
  const engine = await PGlite.create(folder);
  reportStatements(engine);
  reportTransactions(engine);
  return engine;
}

/** PGlite runs a transaction's statements on an object of its own. */
function reportTransactions(engine: PGlite): void {
  if (!isTelemetryOn()) return;
  const transaction = engine.transaction.bind(engine);
  engine.transaction = (work) =>
    transaction((tx) => {
      reportStatements(tx);
      return work(tx);
    });
}

/** Returns a pool, which connects on demand. */
export function newPool(url: string, settings: PoolConfig): Pool {
  const pool = new Pool({
    ...postgresConnection(url),
    max: 10,
    connectionTimeoutMillis: 1000,
    keepAlive: true,
    ...settings,
  });
  // A dropped idle connection must not end the process: the pool opens another on demand.
  pool.on('error', () => {});
  // The same for a connection in use, between two statements: the next statement fails.
  pool.on('connect', (connection) => connection.on('error', () => {}));
  pool.on('connect', reportStatements);
  return pool;
}

/** Returns a connection outside of the pool, not connected yet. */
export function newConnection(url: string, limits: ClientConfig = {}): Client {
  const client = new Client({ ...postgresConnection(url), connectionTimeoutMillis: 2000, ...limits });
  // An error between two statements must not end the process: the next statement fails.
  client.on('error', () => {});
  return client;
}

/** Runs work on a connection of its own. @throws the driver's error when it cannot be opened; the error of `work`. */
export async function withConnection<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = newConnection(url);
  try {
    await client.connect();
    return await work(client);
  } finally {
    // Closing the connection also ends its transaction and its locks.
    await client.end().catch(() => {});
  }
}

/** Reports whether the server has answered with an error, so that its connection is usable. */
export function isServersError(error: unknown): boolean {
  return error instanceof DatabaseError;
}

/** Returns the process id that the connection began with. A pooler invents one, because it has no server process yet. */
export function announcedPid(client: Client): number | null {
  return (client as unknown as { processID: number | null }).processID;
}

/**
 * Reports whether a pooler shares server connections between its clients. State of a session (`set`, `listen`, session
 * locks) would then reach whichever client gets that connection next.
 */
export async function isPooled(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid !== announcedPid(client);
}
