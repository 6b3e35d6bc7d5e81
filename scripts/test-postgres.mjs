// npm run test:postgres: runs on PostgreSQL the unit tests that open a database and the end-to-end tests that depend on
// it (playwright.config.ts).
// With arguments only those end-to-end tests run: npm run test:postgres -- e2e/story.spec.ts
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { startPostgres } from './postgres.mjs';

/** Their subject is what providers respond. Their statements run in the other tests of `lib/sign-in`. */
const ABOUT_PROVIDERS = /sign-in\/(oidc-responses|provider-matrix)\.test\.ts$/;

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

const postgres = await startPostgres();
// One database per portal of the end-to-end tests (e2e/stack.ts); the unit tests make their own.
for (const name of ['portal', 'spare_portal'])
  for (const lane of [0, 1, 2, 3, 4, 5]) postgres.createDatabase(`${name}_${lane}`);
const env = { ...process.env, TEST_DATABASE_URL: postgres.url };
const chosen = process.argv.slice(2);
if (chosen.length === 0) run('npx', ['vitest', 'run', ...testsWithDatabase()]);
if (!existsSync('.next/BUILD_ID')) run('npm', ['run', 'build']);
run('npx', ['playwright', 'test', ...chosen]);
console.log('PostgreSQL: all tests passed');
process.exit(0);

/** Returns the unit tests of `lib` and `app` that open a database. All others are the same on both. */
function testsWithDatabase() {
  const tests = ['lib', 'app'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  );
  const opens = /tests\/(portal|database)'|TEST_DATABASE_URL/;
  return tests.filter(
    (name) => name.endsWith('.test.ts') && !ABOUT_PROVIDERS.test(name) && opens.test(readFileSync(name, 'utf8')),
  );
}

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
}
