import 'server-only';
import path from 'node:path';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { openEngine } from './connection';
import { lockDirectory } from './lock';
import { MIGRATIONS } from './migrate';
import { type LimitsBy, openPostgres, type PostgresSettings } from './postgres';
import { keepToOwner } from './private-directory';
import * as schema from './schema';
import type { Waiting } from './waiting';

/** The common interface of both databases and their transactions. */
export type Database = PgDatabase<PgQueryResultHKT, typeof schema>;

/** A migrated database, ready for use. */
export interface OpenDatabase {
  db: Database;
  /** How PostgreSQL gets the time limits that protect requests. */
  limitsBy?: LimitsBy;
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

/**
 * Opens the configured database and brings its schema up to date.
 * @param waiting is told what the opening waits for.
 * @throws LockedError when another process holds the embedded database; ConfigError when other users of the machine can
 * read it; MigrationsMissing; the driver's error when it cannot be reached.
 */
export function openDatabase(
  database: PostgresSettings | { kind: 'embedded'; directory: string },
  waiting: Waiting | null = null,
): Promise<OpenDatabase> {
  return database.kind === 'postgres' ? openPostgres(database, waiting) : openEmbedded(database.directory);
}

async function openEmbedded(directory: string): Promise<OpenDatabase> {
  const data = path.join(directory, 'database');
  for (const folder of [directory, data]) keepToOwner(folder);
  const lock = await lockDirectory(directory);
  try {
    const engine = await openEngine(data);
    const db = drizzle(engine, { schema });
    await migrate(db, MIGRATIONS);
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
