// Runs on PostgreSQL only (npm run test:postgres): what the run-time role can do.
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase } from '@/tests/database';
import type { OpenDatabase } from './client';
import { grantRights } from './rights';

const role = `runtime_${randomUUID().replaceAll('-', '')}`;
let opened: OpenDatabase;
let owner: Client;
let runtime: Client;

beforeAll(async () => {
  opened = await openTestDatabase();
  const found = await opened.db.execute(sql`select current_database() as name`);
  const [{ name } = { name: '' }] = (found as unknown as { rows: { name: string }[] }).rows;
  const connect = async (user: string) => {
    const url = new URL(process.env.TEST_DATABASE_URL ?? '');
    url.pathname = `/${name}`;
    url.username = user;
    const client = new Client({ connectionString: url.href });
    await client.connect();
    return client;
  };
  owner = await connect(new URL(process.env.TEST_DATABASE_URL ?? '').username);
  await owner.query(`create role ${role} login`);
  await grantRights(owner, role);
  runtime = await connect(role);
  await runtime.query(
    `insert into audit_events (id, at, event, actor, facts) values (1, now(), 'test', 'system', '{}')`,
  );
});
afterAll(async () => {
  await runtime.end();
  await owner.query(`drop owned by ${role}; drop role ${role}`);
  await owner.end();
  await opened.close();
});

test.each([
  'delete from audit_events',
  "update audit_events set facts = '{}'",
  'truncate audit_events',
  'alter table audit_events disable trigger all',
  'drop trigger audit_events_sealed_once on audit_events',
  'set session_replication_role = replica',
  "update details_history set actor = 'system'",
  'delete from users',
  'create table own ()',
  'create schema own',
  'delete from drizzle.__drizzle_migrations',
])('the run-time role cannot: %s', async (statement) => {
  await expect(runtime.query(statement)).rejects.toMatchObject({ code: '42501' });
});

test('the run-time role seals an event once', async () => {
  const seal = (seq: number) =>
    runtime.query(`update audit_events set seq = ${seq}, kid = 'k', hash = 'h' where id = 1`);
  expect((await seal(1)).rowCount).toBe(1);
  await expect(seal(2)).rejects.toThrow('audit_events is append-only');
});
