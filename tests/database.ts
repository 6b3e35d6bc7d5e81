import { randomUUID } from 'node:crypto';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { Client } from 'pg';
import { type Database, type OpenDatabase, openDatabase } from '@/lib/db/client';
import * as schema from '@/lib/db/schema';

/**
 * For tests: a migrated database of their own, which `close` removes. PGlite, or, where TEST_DATABASE_URL is set, a new
 * database on that PostgreSQL server.
 */
export function openTestDatabase(): Promise<OpenDatabase> {
  const server = process.env.TEST_DATABASE_URL;
  return server ? openOnServer(server) : openInMemory();
}

/** Everybody and everything that belongs to them is gone. */
export async function emptyDatabase(db: Database): Promise<void> {
  await db.execute(sql`truncate users, verification_tokens cascade`);
}

/** In memory: half the work of one in a folder, and nothing to remove. */
async function openInMemory(): Promise<OpenDatabase> {
  const engine = await PGlite.create();
  const db = drizzle(engine, { schema });
  await migrate(db, { migrationsFolder: 'lib/db/migrations' });
  return { db, close: () => engine.close() };
}

async function openOnServer(server: string): Promise<OpenDatabase> {
  const name = `portal_test_${randomUUID().replaceAll('-', '')}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const { db, close } = await openDatabase({ kind: 'postgres', url: url.href });
  return {
    db,
    async close() {
      await close();
      await onServer(server, `drop database ${name} with (force)`);
    },
  };
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
