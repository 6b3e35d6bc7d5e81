import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { Client } from 'pg';
import { type Database, type OpenDatabase, openDatabase } from '@/lib/db/client';
import * as schema from '@/lib/db/schema';

/**
 * Opens a new migrated database, which `close` removes. Uses the PostgreSQL server of TEST_DATABASE_URL where that is
 * set, else PGlite.
 */
export function openTestDatabase(): Promise<OpenDatabase> {
  const server = process.env.TEST_DATABASE_URL;
  return server ? openOnServer(server) : openInMemory();
}

/** Deletes all users and their data: what `truncate … cascade` would, in a tenth of its time on tables of few rows. */
export async function emptyDatabase(db: Database): Promise<void> {
  emptied ??= cascadeFrom(db, [
    'users',
    'verification_tokens',
    'provider_ends',
    'details_history',
    'ended_relationships',
  ]);
  const tables = await emptied;
  const deletions = tables.map((name, index) => `d${index} as (delete from ${name})`);
  await db.transaction(async (tx) => {
    // The run-time role may not delete everything (verification/databases/pgbouncer.ts).
    const owner = process.env.TEST_EMPTIED_BY;
    if (owner) await tx.execute(sql`set local role ${sql.identifier(owner)}`);
    // A busy machine may need longer for it than a request may take.
    await tx.execute(sql`set local statement_timeout = '60s'`);
    // Past the trigger of the history, and past the order of foreign keys.
    await tx.execute(sql`set local session_replication_role = replica`);
    // Waits for the last test's transactions.
    await tx.execute(sql.raw(`lock table ${tables} in access exclusive mode`));
    await tx.execute(sql.raw(`with ${deletions} select`));
  });
}

/** The tables to empty, the same for every database of this process. */
let emptied: Promise<string[]> | undefined;

/** Returns these tables and those that refer to them, directly or not. */
async function cascadeFrom(db: Database, roots: string[]): Promise<string[]> {
  const found = await db.execute(sql`
    with recursive reached as (
      select oid from pg_class where relname in ${roots} and relnamespace = 'public'::regnamespace
      union
      select conrelid from pg_constraint join reached on confrelid = reached.oid where contype = 'f'
    )
    select oid::regclass::text as name from reached order by name`);
  return (found as unknown as { rows: { name: string }[] }).rows.map(({ name }) => name);
}

const MIGRATIONS = 'lib/db/migrations';
const SNAPSHOTS = 'node_modules/.cache/portal-tests';
const TEMPLATE = 'portal_test_template';

/** Opens an in-memory database from a snapshot, because creating and migrating one takes seconds. */
async function openInMemory(): Promise<OpenDatabase> {
  const engine = await PGlite.create({ loadDataDir: new Blob([await snapshot()]) });
  const db = drizzle(engine, { schema });
  return { db, unlimited: (work) => work(db), close: () => engine.close() };
}

/** Returns the files of a migrated database, cached until migrations or engine change. */
async function snapshot(): Promise<Buffer<ArrayBuffer>> {
  const file = path.join(SNAPSHOTS, `${fingerprint()}.tar`);
  if (!existsSync(file)) {
    const engine = await PGlite.create();
    await migrate(drizzle(engine, { schema }), { migrationsFolder: MIGRATIONS });
    const dump = Buffer.from(await (await engine.dumpDataDir('none')).arrayBuffer());
    await engine.close();
    mkdirSync(SNAPSHOTS, { recursive: true });
    // Rename atomically, because another worker may write the same file.
    writeFileSync(`${file}.${process.pid}`, dump);
    renameSync(`${file}.${process.pid}`, file);
  }
  return readFileSync(file);
}

function fingerprint(): string {
  const hash = createHash('sha256').update(readFileSync('node_modules/@electric-sql/pglite/package.json'));
  for (const name of readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort())
    hash.update(name).update(readFileSync(path.join(MIGRATIONS, name)));
  return hash.digest('hex').slice(0, 16);
}

/**
 * Opens a database that is a copy of a migrated one, because migrating each takes a second. Connects through the pooler of
 * TEST_POOLER_URL where that is set.
 */
async function openOnServer(server: string): Promise<OpenDatabase> {
  const name = `portal_test_${randomUUID().replaceAll('-', '')}`;
  const open = (database: string, at = server) => {
    const url = new URL(at);
    url.pathname = `/${database}`;
    return openDatabase({ kind: 'postgres', url: url.href });
  };
  await onServer(server, async (client) => {
    // One worker migrates, the others wait.
    await client.query('select pg_advisory_lock(1)');
    const { rowCount } = await client.query('select from pg_database where datname = $1', [TEMPLATE]);
    if (!rowCount) {
      await client.query(`create database ${TEMPLATE}`);
      await (await open(TEMPLATE)).close();
    }
    await client.query(`create database ${name} template ${TEMPLATE}`);
  });
  const { close, ...opened } = await open(name, process.env.TEST_POOLER_URL);
  return {
    ...opened,
    async close() {
      await close();
      await onServer(server, (client) => client.query(`drop database ${name} with (force)`));
    },
  };
}

async function onServer(server: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
