import 'server-only';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type { Client, Pool, PoolClient } from 'pg';
import type { Database, OpenDatabase } from './client';
import { isPooled, isServersError, newConnection, newPool, withConnection } from './connection';
import { type MigrationMode, migrate } from './migrate';
import * as schema from './schema';
import { isDatabaseUnavailable, orUnavailable } from './unavailable';
import type { Waiting } from './waiting';

/** A PostgreSQL database. */
export interface PostgresSettings {
  kind: 'postgres';
  url: string;
  /** The address without a pooler, for migrations and wake signals. Without it: `url`. */
  directUrl?: string;
  migrations?: MigrationMode;
}

/** Milliseconds that a statement may take, and that a transaction may idle. 0 is no limit. */
interface Limits {
  statement_timeout: number;
  idle_in_transaction_session_timeout: number;
}

const LIMITS: Limits = { statement_timeout: 2000, idle_in_transaction_session_timeout: 5000 };
const UNLIMITED: Limits = { statement_timeout: 0, idle_in_transaction_session_timeout: 0 };

/**
 * How the limits reach the server. `connection`: as start-up parameters, directly. Behind a pooler, which refuses these:
 * `role`, when the role has them by `alter role`, else `transaction`, which costs two round trips a statement.
 */
export type LimitsBy = 'connection' | 'role' | 'transaction';

/** Opens the database and brings its schema up to date, or waits until it is. @throws the driver's error. */
export async function openPostgres(
  { url, directUrl = url, migrations = 'start' }: PostgresSettings,
  waiting: Waiting | null,
): Promise<OpenDatabase> {
  await migrate(directUrl, migrations, waiting);
  const limitsBy = await withConnection(url, findLimits);
  const pool = newPool(url, {
    // Covers a connection that went silent; otherwise the server's own limit applies first.
    query_timeout: 3000,
    ...(limitsBy === 'connection' && LIMITS),
  });
  const db = toDatabase(pool, limitsBy === 'transaction' ? LIMITS : null);
  return {
    db,
    limitsBy,
    unlimited: (work) => withoutLimits(directUrl, work),
    connections: () => ({ used: pool.totalCount - pool.idleCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  };
}

async function findLimits(client: Client): Promise<LimitsBy> {
  if (!(await isPooled(client))) return 'connection';
  const { rows } = await client.query<{ name: keyof Limits; setting: string }>(
    'select name, setting from pg_settings where name = any($1)',
    [Object.keys(LIMITS)],
  );
  const isLimited = ({ name, setting }: { name: keyof Limits; setting: string }) =>
    Number(setting) > 0 && Number(setting) <= LIMITS[name];
  return rows.length > 0 && rows.every(isLimited) ? 'role' : 'transaction';
}

/** @param limits that each transaction carries; null when its connection has them. */
function toDatabase(pool: Pool, limits: Limits | null): Database {
  const db = drizzle(limits ? limiting(pool, limits) : pool, { schema });
  db.transaction = (work, settings) =>
    transactionOf(pool, (own) =>
      own.transaction(async (tx) => {
        if (limits) await tx.execute(sql.raw(toSql('set local', limits)));
        return work(tx);
      }, settings),
    );
  return db;
}

function toSql(set: 'set' | 'set local', limits: Limits): string {
  return Object.entries(limits)
    .map(([name, milliseconds]) => `${set} ${name} = ${milliseconds}`)
    .join('; ');
}

/**
 * Runs each statement in a transaction that carries the limits. They end with it: a setting of the session would stay on
 * the server connection, which the pooler gives to another client.
 */
function limiting(pool: Pool, limits: Limits): Pool {
  const query = async (...statement: Parameters<PoolClient['query']>) => {
    const connection = await pool.connect();
    let broken = true;
    try {
      await connection.query(`begin; ${toSql('set local', limits)}`);
      const result = await connection.query(...statement);
      await connection.query('commit');
      broken = false;
      return result;
    } catch (error) {
      // The server has answered, so that the connection is usable.
      if (isServersError(error)) broken = await connection.query('rollback').then(isFalse, isTrue);
      throw error;
    } finally {
      connection.release(broken);
    }
  };
  return { query } as unknown as Pool;
}

const isFalse = () => false;
const isTrue = () => true;

type OwnConnection = ReturnType<typeof drizzle<typeof schema, PoolClient>>;

/**
 * Runs a transaction on a connection that leaves the pool when it breaks. drizzle's own transaction never releases the
 * connection when `begin` fails, and releases it while a statement is still pending.
 * @throws DatabaseUnavailable when no connection is free; otherwise the error of `work`.
 */
async function transactionOf<T>(pool: Pool, work: (own: OwnConnection) => Promise<T>): Promise<T> {
  const connection = await orUnavailable(pool.connect());
  let broken = false;
  try {
    return await work(drizzle(connection, { schema }));
  } catch (error) {
    broken = isDatabaseUnavailable(error);
    throw error;
  } finally {
    connection.release(broken);
  }
}

async function withoutLimits<T>(url: string, work: (db: Database) => Promise<T>): Promise<T> {
  const client = newConnection(url);
  await client.connect();
  try {
    if (!(await isPooled(client))) {
      await client.query(toSql('set', UNLIMITED));
      return await work(drizzle(client, { schema }));
    }
  } finally {
    await client.end();
  }
  const pool = newPool(url, {});
  try {
    return await work(toDatabase(pool, UNLIMITED));
  } finally {
    await pool.end();
  }
}
