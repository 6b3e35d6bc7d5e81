// A backup is restored into another server, and the portal continues there. Runs by `npm run --prefix verification backup`.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { sql } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { sealAudit } from '@/lib/audit/seal';
import { readDetails } from '@/lib/customers/details';
import { openDatabase } from '@/lib/db/client';
import { authorisations, isUnrevoked, sessions } from '@/lib/db/schema';
import { prepareStoredData } from '@/lib/maintenance/data-migration';
import { addCustomer, DETAILS, signIn, usePortal } from '@/tests/portal';
import { freePorts } from '@/tests/program';

const { portal, sandbox } = usePortal();
const RESTORED = process.env.RESTORE_DATABASE_URL ?? '';
const SAMPLE = parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>;

test('a restored backup has its data, its audit log and its pending revocations', { timeout: 120_000 }, async () => {
  const { services } = portal;
  await prepareStoredData(services.db, services.keyring);
  const staying = await addCustomer(services);
  const leaving = await addCustomer(services);
  await sandbox.fault({ endpoint: '*', kind: 'status', status: 503 });
  await (await signIn(services, leaving.id)).signOut();
  while ((await sealAudit(services)) === 'more');
  await signIn(services, staying.id);
  await restore(await databaseName());
  await sandbox.clearFaults();

  const { db, close } = await openDatabase({ kind: 'postgres', url: RESTORED });
  onTestFinished(close);
  expect(await db.$count(authorisations, isUnrevoked(authorisations))).toBe(1);
  execFileSync('psql', ['-q', RESTORED, '-f', 'deploy/postgres/after-restore.sql']);
  expect((await readDetails({ ...services, db }, staying.id))?.details).toMatchObject(DETAILS);

  // Without the keys of the backup's time the portal does not start.
  const [port = 0] = await freePorts(1);
  const settings = {
    ...SAMPLE,
    DATABASE_URL: RESTORED,
    NEXTAUTH_URL: `http://localhost:${port}`,
    KUNACORE_API_URL: sandbox.apiUrl,
    KUNACORE_WIDGET_URL: sandbox.widgetUrl,
  };
  const otherKeys = { ...settings, PII_KEYS: `other:${Buffer.alloc(32, 'other key').toString('base64')}` };
  const refused = startPortal(port, otherKeys);
  expect(await refused.exit).toBe(1);
  expect(refused.output()).toContain('PII_KEYS: lacks a key');

  startPortal(port, settings);
  await expect.poll(() => statusOf(`http://127.0.0.1:${port}/api/health/ready`), { timeout: 60_000 }).toBe(200);
  await expect.poll(() => db.$count(authorisations, isUnrevoked(authorisations)), { timeout: 30_000 }).toBe(0);
  const invalidated = (await sandbox.calls('/v2/ramp/invalidate')).filter(({ status }) => status !== 503);
  const customers = new Set(invalidated.map(({ body }) => body.customerId));
  expect(customers).toEqual(new Set([leaving.customerId, staying.customerId]));
  expect(await db.$count(sessions)).toBe(0);

  const verified = spawnSync('npm', ['run', '--silent', 'audit:verify'], {
    env: { ...process.env, ...settings },
    encoding: 'utf8',
  });
  expect(verified.stdout + verified.stderr).toMatch(/^ok/);
  expect(verified.status).toBe(0);
});

async function databaseName(): Promise<string> {
  const found = await portal.services.db.execute(sql`select current_database() as name`);
  return (found as unknown as { rows: { name: string }[] }).rows[0]?.name ?? '';
}

async function restore(name: string): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'portal-backup-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const source = new URL(`/${name}`, process.env.TEST_DATABASE_URL);
  const file = path.join(folder, 'portal.dump');
  execFileSync('pg_dump', ['--format=custom', '--file', file, source.href]);
  execFileSync('pg_restore', ['--exit-on-error', '--no-owner', '--no-privileges', '--dbname', RESTORED, file]);
}

function startPortal(port: number, env: Record<string, string>) {
  const child = spawn('node_modules/.bin/next', ['start', '--port', String(port)], {
    env: { ...process.env, ...env, NODE_ENV: 'production' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { exit: new Promise((resolve) => child.once('exit', resolve)), output: () => output };
}

async function statusOf(address: string): Promise<number> {
  return (await fetch(address).catch(() => null))?.status ?? 0;
}
