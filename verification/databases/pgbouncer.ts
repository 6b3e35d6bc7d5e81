// npm run --prefix verification pgbouncer: PostgreSQL behind PgBouncer in transaction mode. Measures that time limits hold
// and leave no state, runs the unit tests of the database through the pooler, then the end-to-end stories as the weak
// run-time role, on a database that `db:migrate` has migrated as its owner. Needs npm run build and Debian's pgbouncer.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { sql } from 'drizzle-orm';
import { Client } from 'pg';
import { openDatabase } from '@/lib/db/client';
import { grantRights } from '@/lib/db/rights';
import { startPgBouncer } from '../../scripts/pgbouncer.mjs';
import { startPostgres } from '../../scripts/postgres.mjs';

const [OWNER, APP] = ['portal_owner', 'portal_app'];
const UNIT_TESTS = [
  'lib/db/broken-connections',
  'lib/db/transaction',
  'lib/audit',
  'lib/sessions',
  'lib/authorisations',
  'lib/server/reconciler',
  'lib/server/one-round',
];
/** Their set-up changes nothing that the run-time role may not. */
const AS_RUNTIME_ROLE = [
  'lib/customers/create',
  'lib/privacy',
  'lib/notifications',
  'lib/operator/actions',
  'lib/sign-in/links',
  'lib/wallet/watch',
];
const STORIES = ['e2e/story.spec.ts', 'e2e/session-end.spec.ts', 'e2e/operator.spec.ts', 'e2e/own-data.spec.ts'];

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

const postgres = await startPostgres();
const pooler = await startPgBouncer({
  port: postgres.port,
  users: { portal: '', [OWNER]: '', [APP]: '' },
  settings: { default_pool_size: 10, max_client_conn: 500 },
});
const settings = { ...(parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>), LOG_LEVEL: 'warn' };
const directly = (name: string, user: string) => `postgres://${user}@127.0.0.1:${postgres.port}/${name}`;

const databases = ['portal', 'spare_portal'].flatMap((name) => [0, 1, 2, 3, 4, 5].map((lane) => `${name}_${lane}`));
for (const name of databases) {
  postgres.createDatabase(name);
  const variables = ['-v', `owner=${OWNER}`, '-v', `app=${APP}`];
  execFileSync('psql', ['-q', directly(name, 'portal'), ...variables, '-f', 'deploy/postgres/roles.sql'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const address = { DATABASE_URL: pooler.urlOf(name, OWNER), DATABASE_DIRECT_URL: '' };
  run('npm', ['run', '--silent', 'db:migrate', '--', '--grant', APP], { ...settings, ...address });
}
console.log(`${databases.length} databases: roles made, migrated through the pooler as the owner`);

const [first = ''] = databases;
await measure('directly', directly(first, 'portal'), 'connection');
await measure('through the pooler, limits of the transaction', pooler.urlOf(first, 'portal'), 'transaction');
await measure('through the pooler, limits of the role', pooler.urlOf(first, APP), 'role');
await findLeftState();

run('npx', ['vitest', 'run', ...UNIT_TESTS], {
  TEST_DATABASE_URL: postgres.url,
  TEST_POOLER_URL: pooler.urlOf('postgres'),
});
await prepareTemplate();
run('npx', ['vitest', 'run', ...AS_RUNTIME_ROLE], {
  TEST_DATABASE_URL: postgres.url,
  TEST_POOLER_URL: pooler.urlOf('postgres', APP),
  TEST_EMPTIED_BY: 'portal',
});
run('npx', ['playwright', 'test', '--no-deps', ...STORIES], {
  TEST_DATABASE_URL: pooler.urlOf('postgres', APP),
  TEST_DATABASE_MIGRATIONS: 'wait',
});
const asApp = { ...settings, DATABASE_URL: pooler.urlOf(first, APP), DATABASE_MIGRATIONS: 'wait' };
for (const command of ['audit:verify', 'keys:rotate']) run('npm', ['run', '--silent', command], asApp);
await findLeftState();
console.log('PgBouncer: all passed');
process.exit(0);

/** Gives the run-time role its rights in the tests' databases, and lets the tests empty them. */
async function prepareTemplate(): Promise<void> {
  const client = new Client({ connectionString: directly('portal_test_template', 'portal') });
  await client.connect();
  await grantRights(client, APP);
  // A role without INHERIT has the rights of another only after SET ROLE, which tests/database.ts does to empty tables.
  await client.query(`alter role ${APP} noinherit; grant portal to ${APP}`);
  await client.end();
}

/** Measures how long a statement of ten seconds may run, alone and in a transaction, and what the server answers. */
async function measure(way: string, url: string, expected: string): Promise<void> {
  const { db, limitsBy, close } = await openDatabase({ kind: 'postgres', url, migrations: 'wait' });
  if (limitsBy !== expected) throw new Error(`${way}: limits by ${limitsBy}`);
  const slow = sql`select pg_sleep(10)`;
  const alone = await timeOf(() => db.execute(slow));
  const inTransaction = await timeOf(() => db.transaction((tx) => tx.execute(slow)));
  console.log(`${way}: a statement of 10 s ends after ${alone} ms alone, ${inTransaction} ms in a transaction`);
  await close();
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  const code = await work().then(
    () => 'none',
    (error: { cause?: { code?: string } }) => error.cause?.code,
  );
  // 57014: cancelled by the server's own limit.
  if (code !== '57014') throw new Error(`not cancelled by the server: ${code}`);
  return Math.round(performance.now() - began);
}

/** Fails when a server connection of the pooler holds a session's settings, a lock or a listener. */
async function findLeftState(): Promise<void> {
  const clients = Array.from({ length: 10 }, () => new Client({ connectionString: pooler.urlOf(first, 'portal') }));
  await Promise.all(clients.map((client) => client.connect()));
  const found = await Promise.all(
    clients.map((client) =>
      client.query(`select count(*)::int as locks, current_setting('statement_timeout') as statement,
        current_setting('idle_in_transaction_session_timeout') as idle,
        (select count(*)::int from pg_listening_channels()) as channels, pg_sleep(0.2)
        from pg_locks where locktype = 'advisory'`),
    ),
  );
  await Promise.all(clients.map((client) => client.end()));
  for (const { rows } of found) {
    const [{ pg_sleep: _, ...state } = {}] = rows;
    const left = JSON.stringify(state);
    if (left !== '{"locks":0,"statement":"0","idle":"0","channels":0}') throw new Error(`left behind: ${left}`);
  }
  console.log(`no session state on ${found.length} connections of the pooler`);
}

function run(command: string, args: string[], change: Record<string, string>): void {
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...change } });
  if (status !== 0) process.exit(status ?? 1);
}
