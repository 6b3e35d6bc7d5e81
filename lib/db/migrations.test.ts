import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { expect, onTestFinished, test } from 'vitest';
import { customers, hasOpenWork } from './schema';

const MIGRATIONS = 'lib/db/migrations';

/** Copies the migrations up to one of them. */
function migrationsUntil(tag: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'portal-migrations-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(MIGRATIONS, folder, { recursive: true });
  const journal = path.join(folder, 'meta/_journal.json');
  const { entries, ...rest } = JSON.parse(readFileSync(journal, 'utf8')) as { entries: { tag: string }[] };
  const last = entries.findIndex((entry) => entry.tag === tag);
  expect(last).toBeGreaterThan(0);
  writeFileSync(journal, JSON.stringify({ ...rest, entries: entries.slice(0, last + 1) }));
  return folder;
}

test('migration 0006 keeps every count, reason and time of an older database', async () => {
  const engine = await PGlite.create();
  onTestFinished(() => engine.close());
  const db = drizzle(engine);
  await migrate(db, { migrationsFolder: migrationsUntil('0005_operator') });
  const user = 'aaaaaaaa-0000-4000-8000-000000000001';
  await engine.exec(`
    insert into users (id, email) values ('${user}', 'sealed');
    insert into customers (user_id, state) values ('${user}', 'linked');
    insert into authorisations (user_id, wanted, done, last_reason, wanted_at)
      values ('${user}', 3, 2, 'signed-out', '2026-01-02T03:04:05Z');
  `);
  await migrate(db, { migrationsFolder: MIGRATIONS });
  const { rows } = await engine.query('select epoch, revoked_epoch, last_reason, epoch_started_at from authorisations');
  const epoch_started_at = new Date('2026-01-02T03:04:05Z');
  expect(rows).toEqual([{ epoch: 3, revoked_epoch: 2, last_reason: 'signed-out', epoch_started_at }]);
  // The index follows the new names: the reconciler's query finds what is due by it.
  const { rows: indexes } = await engine.query(
    "select indexdef from pg_indexes where indexname = 'authorisations_pending'",
  );
  expect(JSON.stringify(indexes)).toContain('epoch > revoked_epoch');
});

test('migration 0007 finds the open work of an older database, and nothing else', async () => {
  const engine = await PGlite.create();
  onTestFinished(() => engine.close());
  const db = drizzle(engine);
  await migrate(db, { migrationsFolder: migrationsUntil('0006_access_epochs') });
  // Version of the details (0 for none), state, version at KunaCore, verification and wallet.
  const older = [
    [0, 'creating', 0, null, null],
    [1, 'creating', 0, null, null],
    [3, 'linked', 2, 'ACCEPTED', 'Active'],
    [3, 'linked', 3, 'PENDING', 'Active'],
    [3, 'linked', 3, 'Accepted', 'Blocked'],
    [3, 'linked', 3, 'ACCEPTED', 'ACTIVE'],
    [3, 'linked', 3, null, null],
    [2, 'rejected', 0, null, null],
    [2, 'conflict', 0, null, null],
  ] as const;
  const idOf = (index: number) => `aaaaaaaa-0000-4000-8000-00000000000${index}`;
  for (const [index, [version, ...customer]] of older.entries()) {
    await engine.query("insert into users (id, email) values ($1, 'sealed')", [idOf(index)]);
    await engine.query(
      `insert into customers (user_id, state, sent_version, verification_status, wallet_status)
       values ($1, $2, $3, $4, $5)`,
      [idOf(index), ...customer],
    );
    if (version > 0)
      await engine.query("insert into details values ($1, '', '', '', '', '', '', '', 'v1', now(), $2)", [
        idOf(index),
        version,
      ]);
  }
  await migrate(db, { migrationsFolder: MIGRATIONS });
  const { rows } = await engine.query<{ details_version: number }>(
    'select details_version from customers order by user_id',
  );
  expect(rows.map(({ details_version }) => details_version)).toEqual(older.map(([version]) => version));
  const open = await db.select({ userId: customers.userId }).from(customers).where(hasOpenWork(customers));
  expect(open.map(({ userId }) => userId).sort()).toEqual([1, 2, 3, 4].map(idOf));
  // The statement of the migration and the code's condition are the same: PostgreSQL uses the index for it.
  await engine.exec('set enable_seqscan = off; set enable_sort = off');
  const byTime = db.select().from(customers).where(hasOpenWork(customers)).orderBy(customers.nextAttemptAt);
  const plan = await db.execute(sql`explain ${byTime}`);
  expect(JSON.stringify(plan.rows)).toContain('customers_due');
});
