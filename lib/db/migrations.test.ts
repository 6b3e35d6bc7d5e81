import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { expect, onTestFinished, test } from 'vitest';

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
