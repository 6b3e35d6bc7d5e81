import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createKeyring } from '@/lib/crypto/keyring';
import { readCustomerState } from '@/lib/customers/row';
import type { OpenDatabase } from '@/lib/db/client';
import * as schema from '@/lib/db/schema';
import { accounts, auditEvents, authorisations, customers, sessions, users } from '@/lib/db/schema';
import { log } from '@/lib/log/log';
import { findUser } from '@/lib/users/find';
import { findIdentity, listIdentities } from '@/lib/users/identities';
import { openTestDatabase } from '@/tests/database';
import { useLonePortal } from '@/tests/portal';
import { prepareStoredData } from './data-migration';

const keyring = createKeyring([{ kid: 'key', key: Buffer.alloc(32, 1) }]);
const OLENA = '00000000-0000-4000-8000-000000000001';
const IVAN = '00000000-0000-4000-8000-000000000002';

let opened: OpenDatabase;
const portal = useLonePortal();
beforeEach(async () => {
  opened = await openTestDatabase();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await opened.close();
});

const services = () => ({ ...portal.services, db: opened.db, keyring });

/** Inserts rows of a version before 0004_bound_rows.sql: without MACs, and with unencrypted subjects. */
async function olderRows(): Promise<void> {
  const { db } = opened;
  await db.insert(users).values([
    { id: OLENA, email: 'Olena@Example.com' },
    { id: IVAN, email: 'ivan@example.com' },
  ]);
  await db.insert(accounts).values({ userId: OLENA, provider: 'oidc', providerAccountId: 'olena-kovalenko' });
  await db
    .insert(customers)
    .values({ userId: OLENA, state: 'linked', customerId: 'customer-of-olena', walletId: 'wallet-of-olena' });
  await db.insert(authorisations).values({ userId: OLENA });
  const expiresAt = new Date(Date.now() + 3_600_000);
  const tokenHash = createHash('sha256').update('cookie').digest('hex');
  await db.insert(sessions).values({ userId: OLENA, tokenHash, expiresAt });
}

test('encrypts and binds rows of an older version at the next start, without changing their owners [T36]', async () => {
  await olderRows();
  await prepareStoredData(opened.db, keyring);
  const subject = { provider: 'oidc', providerAccountId: 'olena-kovalenko' };
  expect(await findUser(services(), 'olena@example.com')).toMatchObject({ id: OLENA });
  expect(await findIdentity(services(), subject)).toBe(OLENA);
  expect(await readCustomerState(services(), OLENA)).toMatchObject({ state: 'ready', customerId: 'customer-of-olena' });
  const stored = JSON.stringify([await opened.db.select().from(users), await opened.db.select().from(accounts)]);
  expect(stored).not.toMatch(/olena/i);
  // Nothing proves the owner of an older session: people sign in again, and their access at KunaCore is revoked.
  expect(await opened.db.$count(sessions)).toBe(0);
  expect(await opened.db.select().from(authorisations)).toMatchObject([{ epoch: 1, revokedEpoch: 0 }]);
  const [bound] = await opened.db.select().from(auditEvents).where(eq(auditEvents.event, 'sys_rows_bound'));
  expect(bound?.facts).toEqual({ users: 2, accounts: 1, customers: 1 });
});

test.each([
  ['a new database', async () => {}],
  ['an upgraded database', olderRows],
])('runs once: rejects rows inserted into %s later, at every start', async (_, earlier) => {
  await earlier();
  await prepareStoredData(opened.db, keyring);
  await opened.db.delete(users).where(eq(users.id, IVAN));
  await opened.db.insert(users).values({ id: IVAN, email: 'operator@example.com' });
  await opened.db.insert(accounts).values({ userId: IVAN, provider: 'oidc', providerAccountId: 'subject-of-somebody' });
  await opened.db
    .insert(customers)
    .values({ userId: IVAN, state: 'linked', customerId: 'customer-of-somebody', walletId: 'wallet-of-somebody' });
  const alarm = vi.spyOn(log(), 'error');
  for (let start = 0; start < 2; start += 1) await prepareStoredData(opened.db, keyring);
  for (const table of ['users', 'accounts', 'customers'])
    expect(alarm).toHaveBeenCalledWith({ event: 'integrity_check_failed', table, rows: 1 });
  expect(await findUser(services(), 'operator@example.com')).toBeNull();
  expect(await findIdentity(services(), { provider: 'oidc', providerAccountId: 'subject-of-somebody' })).toBeNull();
  expect(await listIdentities(services(), IVAN)).toMatchObject([{ subject: null }]);
  expect(await readCustomerState(services(), IVAN)).toEqual({ state: 'conflict' });
  expect(await opened.db.$count(auditEvents, eq(auditEvents.event, 'sys_rows_bound'))).toBe(1);
});

test('binds the same rows from two portals that start at once', async () => {
  await olderRows();
  await Promise.all([prepareStoredData(opened.db, keyring), prepareStoredData(opened.db, keyring)]);
  expect(await findIdentity(services(), { provider: 'oidc', providerAccountId: 'olena-kovalenko' })).toBe(OLENA);
  expect(await readCustomerState(services(), OLENA)).toMatchObject({ state: 'ready' });
});

test('keeps the first of several identities of one provider that an older version linked to one user', async () => {
  const engine = await PGlite.create();
  try {
    const files = ['0000_first', '0001_devices_and_users', '0002_language', '0003_security'];
    const migrate = async (name: string) => {
      for (const statement of readFileSync(`lib/db/migrations/${name}.sql`, 'utf8').split('--> statement-breakpoint'))
        await engine.exec(statement);
    };
    for (const name of files) await migrate(name);
    await engine.query('insert into users (id, email) values ($1, $2), ($3, $4)', [
      ...[OLENA, 'olena@example.com'],
      ...[IVAN, 'ivan@example.com'],
    ]);
    const linked = [
      [OLENA, 'oidc', 'second', '2026-02-01'],
      [OLENA, 'oidc', 'first', '2026-01-01'],
      [OLENA, 'oidc', 'third', '2026-02-01'],
      [OLENA, 'another', 'fourth', '2026-03-01'],
      [IVAN, 'oidc', 'b-at-once', '2026-01-01'],
      [IVAN, 'oidc', 'a-at-once', '2026-01-01'],
    ];
    for (const row of linked)
      await engine.query(
        'insert into accounts (user_id, provider, provider_account_id, created_at) values ($1, $2, $3, $4)',
        row,
      );
    await migrate('0004_bound_rows');
    const db = drizzle(engine, { schema });
    const left = await db.select().from(accounts).orderBy(sql`provider_account_id`);
    expect(left.map(({ providerAccountId }) => providerAccountId)).toEqual(['a-at-once', 'first', 'fourth']);
    const later = readdirSync('lib/db/migrations').filter((name) => /^\d+.*\.sql$/.test(name) && name > '0005');
    for (const name of later.sort()) await migrate(name.replace('.sql', ''));
    await prepareStoredData(db, keyring);
    // Later links are removed: the verified address decides at the next sign-in.
    for (const [subject, user] of [
      ['first', OLENA],
      ['second', null],
      ['third', null],
    ] as const)
      expect(await findIdentity({ db, keyring }, { provider: 'oidc', providerAccountId: subject })).toBe(user);
  } finally {
    await engine.close();
  }
});
