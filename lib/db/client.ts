import 'server-only';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres';
import { migrate as migratePostgres } from 'drizzle-orm/node-postgres/migrator';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as drizzleEmbedded } from 'drizzle-orm/pglite';
import { migrate as migrateEmbedded } from 'drizzle-orm/pglite/migrator';
import { Client, type ClientConfig, Pool, type PoolClient } from 'pg';
import type { Config } from '@/lib/config/config';
import { reportStatements } from '@/lib/telemetry/statements';
import { isTelemetryOn } from '@/lib/telemetry/telemetry';
import { lockDirectory } from './lock';
import { keepToOwner } from './private-directory';
import * as schema from './schema';
import { isDatabaseUnavailable, orUnavailable } from './unavailable';

/** The common interface of both databases and their transactions. */
export type Database = PgDatabase<PgQueryResultHKT, typeof schema>;

/** A migrated database, ready for use. */
export interface OpenDatabase {
  db: Database;
  /** Runs work that reads whole tables, without the time limits that protect requests. */
  unlimited<T>(work: (db: Database) => Promise<T>): Promise<T>;
  /** Returns how the pool stands; undefined for the embedded database, which has none. */
  connections?(): Connections;
  close(): Promise<void>;
}

/** Connections of the pool, and the work that waits for one. */
export interface Connections {
  used: number;
  idle: number;
  waiting: number;
}

const MIGRATIONS = { migrationsFolder: path.join(process.cwd(), 'lib/db/migrations') };
/** An arbitrary constant: all instances must use the same number. */
const MIGRATION_LOCK = 4_010_2026;

/**
 * Opens the configured database and brings its schema up to date.
 * @throws LockedError when another process holds the embedded database; ConfigError when other users of the machine can
 * read it; the driver's error when it cannot be reached.
 */
export function openDatabase(database: Config['database']): Promise<OpenDatabase> {
  return database.kind === 'postgres' ? openPostgres(database.url) : openEmbedded(database.directory);
}

async function openPostgres(url: string): Promise<OpenDatabase> {
  await migrateUnderLock(url);
  const pool = new Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 1000,
    statement_timeout: 2000,
    // Covers a connection that went silent; otherwise the server's own limit applies first.
    query_timeout: 3000,
    idle_in_transaction_session_timeout: 5000,
    keepAlive: true,
  });
  // A dropped idle connection must not end the process: the pool opens another on demand.
  pool.on('error', () => {});
  // The same for a connection in use, between two statements: the next statement fails.
  pool.on('connect', (connection) => connection.on('error', () => {}));
  pool.on('connect', reportStatements);
  const db = drizzlePostgres(pool, { schema });
  db.transaction = (work, settings) => transactionOf(pool, (own) => own.transaction(work, settings));
  return {
    db,
    unlimited: (work) => onOwnConnection(url, work),
    connections: () => ({ used: pool.totalCount - pool.idleCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  };
}

async function onOwnConnection<T>(url: string, work: (db: Database) => Promise<T>): Promise<T> {
  const client = newConnection(url);
  await client.connect();
  try {
    return await work(drizzlePostgres(client, { schema }));
  } finally {
    await client.end();
  }
}

type OwnConnection = ReturnType<typeof drizzlePostgres<typeof schema, PoolClient>>;

/**
 * Runs a transaction on a connection that leaves the pool when it breaks. drizzle's own transaction never releases the
 * connection when `begin` fails, and releases it while a statement is still pending.
 * @throws DatabaseUnavailable when no connection is free; otherwise the error of `work`.
 */
async function transactionOf<T>(pool: Pool, work: (own: OwnConnection) => Promise<T>): Promise<T> {
  const connection = await orUnavailable(pool.connect());
  let broken = false;
  try {
    return await work(drizzlePostgres(connection, { schema }));
  } catch (error) {
    broken = isDatabaseUnavailable(error);
    throw error;
  } finally {
    connection.release(broken);
  }
}

async function migrateUnderLock(url: string): Promise<void> {
  const client = newConnection(url);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migratePostgres(drizzlePostgres(client), MIGRATIONS);
  } finally {
    // Closing the connection releases the lock, also after an error.
    await client.end();
  }
}

/** Returns a connection outside of the pool, not connected yet. */
export function newConnection(url: string, limits: ClientConfig = {}): Client {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000, ...limits });
  // An error between two statements must not end the process: the next statement fails.
  client.on('error', () => {});
  return client;
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

async function openEmbedded(directory: string): Promise<OpenDatabase> {
  const data = path.join(directory, 'database');
  for (const folder of [directory, data]) keepToOwner(folder);
  const lock = await lockDirectory(directory);
  try {
    const engine = await PGlite.create(data);
    reportStatements(engine);
    reportTransactions(engine);
    const db = drizzleEmbedded(engine, { schema });
    await migrateEmbedded(db, MIGRATIONS);
    const close = async () => {
      await engine.close();
      lock.release();
    };
    return { db, unlimited: (work) => work(db), close };
  } catch (error) {
    lock.release();
    throw error;
  }
}
