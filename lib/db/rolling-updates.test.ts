// While a release is rolled out, instances of the one before run on the new schema (docs/deployment.md).
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const MIGRATIONS = 'lib/db/migrations';

/**
 * Migrations with statements that the release before them could not run with. Name one here only if no release in use
 * reads or writes what it removes, and say since which release.
 */
const EXCEPTIONS: Record<string, string> = {
  '0006_access_epochs': 'before the first release',
  '0008_sealed_audit': 'before the first release',
  '0009_widget_token_in_memory': 'before the first release',
};

const INCOMPATIBLE: [RegExp, string][] = [
  [/\bdrop (table|column|view|function)\b/i, 'removes what an older instance reads'],
  [/\brename (to|column)\b/i, 'renames what an older instance reads'],
  [/\balter column .* (set data )?type\b/i, 'changes a type that an older instance writes'],
  [/\balter column .* set not null\b/i, 'requires a value that an older instance does not write'],
  [/\balter column .* drop default\b/i, 'requires a value that an older instance does not write'],
  [/\badd column (?!.*\bdefault\b).*\bnot null\b/i, 'requires a value that an older instance does not write'],
];

/** Returns why instances of the release before could fail on a migration. */
function problemsOf(sql: string): string[] {
  const statements = sql.split(/;|--> statement-breakpoint/).map((text) => text.replace(/\s+/g, ' '));
  return statements.flatMap((text) => {
    // A table that this migration creates is unknown to older instances.
    if (/^\s*create table/i.test(text)) return [];
    return INCOMPATIBLE.filter(([pattern]) => pattern.test(text)).map(([, problem]) => problem);
  });
}

const migrations = readdirSync(MIGRATIONS)
  .filter((name) => name.endsWith('.sql'))
  .map((name) => ({ name: name.slice(0, -'.sql'.length), sql: readFileSync(`${MIGRATIONS}/${name}`, 'utf8') }));

test('instances of the release before run on the schema of every migration', () => {
  expect(migrations.length).toBeGreaterThan(15);
  const found = migrations.filter(({ name, sql }) => problemsOf(sql).length > 0 && !(name in EXCEPTIONS));
  expect(found.map(({ name, sql }) => `${name} ${problemsOf(sql).join(', ')}`)).toEqual([]);
});

test('every exception is needed', () => {
  for (const name of Object.keys(EXCEPTIONS)) {
    const sql = migrations.find((one) => one.name === name)?.sql ?? '';
    expect(problemsOf(sql), name).not.toEqual([]);
  }
});

test.each([
  'ALTER TABLE "users" DROP COLUMN "email";',
  'DROP TABLE "users";',
  'ALTER TABLE "users" RENAME COLUMN "email" TO "address";',
  'ALTER TABLE "users" RENAME TO "people";',
  'ALTER TABLE "users" ALTER COLUMN "email" SET DATA TYPE bytea;',
  'ALTER TABLE "users" ALTER COLUMN "phone" SET NOT NULL;',
  'ALTER TABLE "users" ADD COLUMN "phone" text NOT NULL;',
  'ALTER TABLE "users" ALTER COLUMN "role" DROP DEFAULT;',
])('refuses %s', (statement) => {
  expect(problemsOf(statement)).toHaveLength(1);
});

test.each([
  'ALTER TABLE "users" ADD COLUMN "phone" text;',
  `ALTER TABLE "users" ADD COLUMN "phone" text DEFAULT '' NOT NULL;`,
  'CREATE TABLE "phones" ("number" text NOT NULL);',
  'ALTER TABLE "users" ALTER COLUMN "phone" DROP NOT NULL;',
  'CREATE INDEX "phones_number" ON "phones" ("number");',
])('accepts %s', (statement) => {
  expect(problemsOf(statement)).toEqual([]);
});
