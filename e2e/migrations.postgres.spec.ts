// Runs on PostgreSQL only (npm run test:postgres): a start that waits for `npm run db:migrate`.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { expect, test } from '@playwright/test';
import { Client } from 'pg';
import { portalEnvironment, SPARE_PORTAL } from './stack';

let portal: ChildProcess | undefined;

test.afterEach(() => {
  portal?.kill('SIGKILL');
});

test('a start that waits for db:migrate is live, says what it waits for, and goes on', async () => {
  test.setTimeout(120_000);
  const address = new URL(process.env.TEST_DATABASE_URL ?? '');
  const name = `migrations_${process.pid}`;
  const server = new Client({ connectionString: address.href });
  await server.connect();
  await server.query(`create database ${name}`);
  address.pathname = `/${name}`;
  const env = {
    ...process.env,
    ...portalEnvironment('spare-portal'),
    DATABASE_URL: address.href,
    DATABASE_MIGRATIONS: 'wait',
  };
  portal = spawn('node_modules/.bin/next', ['start', '--port', String(SPARE_PORTAL.port)], { env, stdio: 'ignore' });
  await expect.poll(() => ask('live'), { timeout: 30_000 }).toMatchObject({ status: 200 });
  await expect.poll(() => ask('ready')).toMatchObject({ status: 503, body: { waitsFor: 'npm run db:migrate' } });
  const migrated = spawnSync('npm', ['run', '--silent', 'db:migrate'], { env, encoding: 'utf8' });
  expect(migrated.stdout).toContain('up to date');
  await expect.poll(() => ask('ready'), { timeout: 30_000 }).toMatchObject({ status: 200 });
  portal.kill('SIGKILL');
  await server.query(`drop database ${name} with (force)`);
  await server.end();
});

async function ask(health: 'live' | 'ready'): Promise<{ status: number; body: unknown } | null> {
  const response = await fetch(`${SPARE_PORTAL.origin}/api/health/${health}`).catch(() => null);
  return response && { status: response.status, body: await response.json() };
}
