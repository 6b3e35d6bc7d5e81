import 'server-only';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator';
import type { Client } from 'pg';
import { withConnection } from './connection';
import type { Waiting, WaitReason } from './waiting';

/**
 * What happens when the schema lacks a migration. `start`: it is applied. `wait`: the opening waits for
 * `npm run db:migrate`. `fail`: the opening fails.
 */
export type MigrationMode = 'start' | 'wait' | 'fail';

/** Thrown by commands that may not change the schema. */
export class MigrationsMissing extends Error {
  override readonly name = 'MigrationsMissing';
}

export const MIGRATIONS = { migrationsFolder: path.join(process.cwd(), 'lib/db/migrations') };
/** An arbitrary constant: all instances must use the same number. */
const MIGRATION_LOCK = 4_010_2026;
const RETRY_MS = 1_000;
/** Statements of running instances queue behind a waiting `alter table`, so that it gives way. */
const LOCK_TIMEOUT_MS = 1_500;
/** The table that drizzle-kit expects. */
const DONE = 'drizzle.__drizzle_migrations';

/**
 * Brings the schema up to date. One transaction holds everything, the lock as well: it needs no session of its own, so
 * that a pooler may stand in between. Without a missing migration nothing is locked and nothing is written.
 * @throws MigrationsMissing; the driver's error.
 */
export async function migrate(url: string, mode: MigrationMode, waiting: Waiting | null): Promise<void> {
  for (;;) {
    const obstacle = await withConnection(url, (client) => tryMigrate(client, mode, waiting));
    if (!obstacle) return;
    waiting?.report(obstacle);
    await sleep(RETRY_MS);
  }
}

/** @returns what must be waited for; null when the schema is up to date. */
async function tryMigrate(client: Client, mode: MigrationMode, waiting: Waiting | null): Promise<WaitReason | null> {
  if ((await missing(client)).length === 0) return null;
  if (mode === 'wait') return 'npm run db:migrate';
  if (mode === 'fail') throw new MigrationsMissing('The database lacks migrations: run `npm run db:migrate` first');
  await client.query(
    `begin; set local lock_timeout = ${LOCK_TIMEOUT_MS}; set local statement_timeout = 0;
    set local idle_in_transaction_session_timeout = 0`,
  );
  try {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_xact_lock($1) as taken', [
      MIGRATION_LOCK,
    ]);
    if (!rows[0]?.taken) return await rolledBack(client, 'the migration of another instance');
    waiting?.report('its own migration');
    for (const migration of await missing(client)) await apply(client, migration);
    await client.query('commit');
    return null;
  } catch (error) {
    // 55P03: lock_timeout (PostgreSQL manual, appendix A).
    if ((error as { code?: string }).code === '55P03') return rolledBack(client, 'a lock on a table');
    throw error;
  }
}

async function rolledBack(client: Client, reason: WaitReason): Promise<WaitReason> {
  await client.query('rollback');
  return reason;
}

/** Returns the migrations that the schema lacks, oldest first. A schema of a newer version lacks none. */
async function missing(client: Client): Promise<MigrationMeta[]> {
  const all = readMigrationFiles(MIGRATIONS);
  const { rows: tables } = await client.query<{ exists: boolean }>(
    `select to_regclass('${DONE}') is not null as exists`,
  );
  if (!tables[0]?.exists) return all;
  const { rows } = await client.query<{ last: string | null }>(`select max(created_at) as last from ${DONE}`);
  return all.filter(({ folderMillis }) => folderMillis > Number(rows[0]?.last ?? 0));
}

/** Applies a migration and notes it, within the caller's transaction. @throws the driver's error. */
export async function apply(client: Client, { sql, hash, folderMillis }: MigrationMeta): Promise<void> {
  await client.query(`create schema if not exists drizzle;
    create table if not exists ${DONE} (id serial primary key, hash text not null, created_at bigint)`);
  for (const statement of sql) await client.query(statement);
  await client.query(`insert into ${DONE} (hash, created_at) values ($1, $2)`, [hash, folderMillis]);
}
