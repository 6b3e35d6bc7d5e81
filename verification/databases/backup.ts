// npm run --prefix verification backup: dumps a database with pg_dump, restores it into a fresh server, and runs the portal
// there. Needs npm run build.
import { spawnSync } from 'node:child_process';
import { startPostgres } from '../../scripts/postgres.mjs';

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

const [server, fresh] = [await startPostgres(), await startPostgres()];
const env = {
  ...process.env,
  TEST_DATABASE_URL: server.url,
  RESTORE_DATABASE_URL: fresh.createDatabase('restored'),
};
const { status } = spawnSync('npx', ['vitest', 'run', 'verification/databases/backup.postgres.test.ts'], {
  stdio: 'inherit',
  env,
});
process.exit(status ?? 1);
