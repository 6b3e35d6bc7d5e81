// Runs on PostgreSQL only (npm run test:postgres): migrations of several instances, and what they wait for.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { Client } from 'pg';
import { beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from './client';
import { apply, MIGRATIONS, MigrationsMissing, migrate } from './migrate';
import { Waiting } from './waiting';

/** As in migrate.ts. */
const MIGRATION_LOCK = 4_010_2026;
let url: string;

beforeAll(() => {
  // Its log needs a configuration.
  Object.assign(process.env, parseEnv(readFileSync('.env.example', 'utf8')), { LOG_LEVEL: 'silent' });
});
beforeEach(async () => {
  const address = new URL(process.env.TEST_DATABASE_URL ?? '');
  const name = `portal_test_${randomUUID().replaceAll('-', '')}`;
  const server = await connect(address.href);
  await server.query(`create database ${name}`);
  onTestFinished(async () => {
    await server.query(`drop database ${name} with (force)`);
  });
  address.pathname = `/${name}`;
  url = address.href;
});

async function connect(address = url): Promise<Client> {
  const client = new Client({ connectionString: address });
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

async function tables(): Promise<number> {
  const { rows } = await (await connect()).query("select from pg_tables where schemaname = 'public'");
  return rows.length;
}

/** Migrates up to the last migration but one. */
async function lackOneMigration(): Promise<Client> {
  const client = await connect();
  for (const migration of readMigrationFiles(MIGRATIONS).slice(0, -1)) await apply(client, migration);
  return client;
}

test('migrates once when several instances start at the same time', async () => {
  const waiting = Array.from({ length: 3 }, () => new Waiting());
  await Promise.all(waiting.map((one) => migrate(url, 'start', one)));
  const { rows } = await (await connect()).query(
    'select count(*)::int, count(distinct hash)::int as different from drizzle.__drizzle_migrations',
  );
  expect(rows[0].count).toBe(rows[0].different);
  expect(await tables()).toBeGreaterThan(10);
});

test('says that it waits while another session holds the lock, and goes on when it is free', async () => {
  const other = await connect();
  await other.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  const waiting = new Waiting();
  const migrating = migrate(url, 'start', waiting);
  await vi.waitFor(() => expect(waiting.current).toMatchObject({ waitsFor: 'the migration of another instance' }));
  await other.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  await migrating;
  expect(await tables()).toBeGreaterThan(10);
});

test('opens a migrated database while another session holds the lock', async () => {
  await migrate(url, 'start', null);
  await (await connect()).query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  const { close } = await openDatabase({ kind: 'postgres', url });
  await close();
});

test('gives way to a session that holds a lock on a table, and migrates after it', async () => {
  const other = await lackOneMigration();
  // Every migration writes to it.
  await other.query('begin; lock table drizzle.__drizzle_migrations in share mode');
  const waiting = new Waiting();
  const migrating = migrate(url, 'start', waiting);
  await vi.waitFor(() => expect(waiting.current).toMatchObject({ waitsFor: 'a lock on a table' }), { timeout: 10_000 });
  await other.query('commit');
  await migrating;
  await expect(migrate(url, 'fail', null)).resolves.toBeUndefined();
});

test('waits for db:migrate, or fails, where it may not migrate', async () => {
  await expect(migrate(url, 'fail', null)).rejects.toThrow(MigrationsMissing);
  const waiting = new Waiting();
  const opening = migrate(url, 'wait', waiting);
  await vi.waitFor(() => expect(waiting.current).toMatchObject({ waitsFor: 'npm run db:migrate' }));
  expect(await tables()).toBe(0);
  await migrate(url, 'start', null);
  await opening;
});

test('leaves nothing of a migration that fails', async () => {
  await (await connect()).query('create table sessions ()');
  await expect(migrate(url, 'start', null)).rejects.toMatchObject({ code: '42P07' });
  expect(await tables()).toBe(1);
});
