// Runs on PostgreSQL only (npm run test:postgres): broken, slow and exhausted connections.
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { sql } from 'drizzle-orm';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKeyring } from '@/lib/crypto/keyring';
import { findSession } from '@/lib/sessions/find';
import { openTestDatabase } from '@/tests/database';
import { startTcpProxy } from '@/tests/tcp-proxy';
import { type OpenDatabase, openDatabase } from './client';
import { users } from './schema';
import { inTransaction } from './transaction';
import { DatabaseUnavailable, isDatabaseUnavailable } from './unavailable';

/** The size of the pool (client.ts). */
const CONNECTIONS = 10;
let opened: OpenDatabase;

beforeAll(async () => {
  // Its log needs a configuration.
  Object.assign(process.env, parseEnv(readFileSync('.env.example', 'utf8')), { LOG_LEVEL: 'silent' });
  opened = await openTestDatabase();
});
afterAll(() => opened.close());

async function terminateAllOthers(): Promise<void> {
  const database = await databaseName();
  await onOwnConnection('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', database);
}

async function databaseName(): Promise<string> {
  const [{ name } = { name: '' }] = await rows<{ name: string }>(sql`select current_database() as name`);
  return name;
}

/** Runs a statement with one parameter outside of the pool. */
async function onOwnConnection(statement: string, parameter: string) {
  const client = new Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  try {
    return (await client.query(statement, [parameter])).rows;
  } finally {
    await client.end();
  }
}

async function rows<T>(statement: ReturnType<typeof sql>): Promise<T[]> {
  return ((await opened.db.execute(statement)) as unknown as { rows: T[] }).rows;
}

function findUnknownSession() {
  const limits = { idleMinutes: 30, maxHours: 12 };
  const keyring = createKeyring([{ kid: 'a', key: Buffer.alloc(32, 1) }]);
  return findSession({ db: opened.db, keyring, limits }, 'a cookie');
}

test('replaces terminated connections', async () => {
  await Promise.all(Array.from({ length: CONNECTIONS }, () => rows(sql`select pg_sleep(0.05)`)));
  await terminateAllOthers();
  await expect.poll(() => findUnknownSession().catch((error: Error) => error.name)).toBeNull();
});

test('stores nothing when the connection of a transaction is terminated', async () => {
  const broken = inTransaction(opened.db, async (tx) => {
    await tx.insert(users).values({ email: 'half@example.com' });
    await terminateAllOthers();
    await tx.insert(users).values({ email: 'way@example.com' });
  });
  await expect(broken).rejects.toThrow();
  await expect.poll(() => rows(sql`select email from users`).catch(() => 'not yet')).toEqual([]);
});

test('cancels a statement that takes too long, while others succeed', async () => {
  const slow = rows(sql`select pg_sleep(30)`).catch((error: { cause?: { code?: string } }) => error.cause?.code);
  expect(await findUnknownSession()).toBeNull();
  // 57014: cancelled by the server's own limit.
  expect(await slow).toBe('57014');
});

test('throws DatabaseUnavailable while all connections are busy, and recovers', async () => {
  const database = await databaseName();
  const busy = Array.from({ length: CONNECTIONS }, () => rows(sql`select pg_sleep(1.8)`));
  const isSleeping = `select pid from pg_stat_activity where datname = $1 and wait_event = 'PgSleep'`;
  await expect.poll(() => onOwnConnection(isSleeping, database), { interval: 10 }).toHaveLength(CONNECTIONS);
  const results = await Promise.allSettled(Array.from({ length: 50 }, findUnknownSession));
  for (const result of results) {
    expect(result).toMatchObject({ status: 'rejected', reason: expect.any(DatabaseUnavailable) });
  }
  await Promise.all(busy);
  expect(await findUnknownSession()).toBeNull();
});

test('keeps the full pool after transactions that hang in the network', async () => {
  const address = new URL(process.env.TEST_DATABASE_URL ?? '');
  const database = await databaseName();
  const wire = await startTcpProxy({ host: address.hostname, port: Number(address.port) });
  const url = new URL(address);
  url.port = String(wire.port);
  url.pathname = `/${database}`;
  const { db, close } = await openDatabase({ kind: 'postgres', url: url.href });
  const count = () => inTransaction(db, async (tx) => tx.$count(users));
  const all = () => Promise.allSettled(Array.from({ length: CONNECTIONS }, count));
  await all();
  // In the middle of `begin`, then while connecting.
  wire.network = 'hang';
  for (const lost of [await all(), await all()])
    for (const one of lost) expect(isDatabaseUnavailable(one.status === 'rejected' && one.reason)).toBe(true);
  wire.network = 'pass';
  for (const one of await all()) expect(one.status).toBe('fulfilled');
  await close();
  await wire.close();
});

test('limits the time of statements, but not of the work that prepares stored data', async () => {
  const limit = sql`select current_setting('statement_timeout') as limit`;
  const limitOf = async (db: OpenDatabase['db']) => (await db.execute(limit)) as unknown as { rows: object[] };
  expect((await limitOf(opened.db)).rows).toEqual([{ limit: '2s' }]);
  expect((await opened.unlimited(limitOf)).rows).toEqual([{ limit: '0' }]);
});
