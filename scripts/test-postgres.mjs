// npm run test:postgres: the unit and end-to-end tests once more, on PostgreSQL.
// With arguments only those end-to-end tests run: npm run test:postgres -- e2e/story.spec.ts
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { startPostgres } from './postgres.mjs';

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

const postgres = await startPostgres();
// One database per portal of the end-to-end tests (e2e/stack.ts); the unit tests make their own.
for (const name of ['portal_e2e', 'portal_second', 'portal_spare']) postgres.createDatabase(name);
const env = { ...process.env, TEST_DATABASE_URL: postgres.url };
const chosen = process.argv.slice(2);
if (chosen.length === 0) run('npx', ['vitest', 'run', 'lib']);
if (!existsSync('.next/BUILD_ID')) run('npm', ['run', 'build']);
run('npx', ['playwright', 'test', ...chosen]);
console.log('PostgreSQL: all tests passed');
process.exit(0);

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
}
