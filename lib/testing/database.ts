import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { Client } from 'pg';
import { type Database, type OpenDatabase, openDatabase } from '../db/client';

/**
 * For tests: a migrated database of their own, which `close` removes. Embedded, or, where TEST_DATABASE_URL is set, a
 * new database on that PostgreSQL server.
 */
export function openTestDatabase(): Promise<OpenDatabase> {
  const server = process.env.TEST_DATABASE_URL;
  return server ? openOnServer(server) : openInTemporaryFolder();
}

/** Everybody and everything that belongs to them is gone. */
export async function emptyDatabase(db: Database): Promise<void> {
  await db.execute(sql`truncate users, verification_tokens cascade`);
}

async function openInTemporaryFolder(): Promise<OpenDatabase> {
  const directory = mkdtempSync(path.join(tmpdir(), 'portal-test-'));
  const { db, close } = await openDatabase({ kind: 'embedded', directory });
  return {
    db,
    async close() {
      await close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
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
