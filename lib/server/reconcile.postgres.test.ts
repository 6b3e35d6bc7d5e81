// Runs on PostgreSQL only (npm run test:postgres): `npm run reconcile` as a program, beside a database that others use.
import { spawnSync } from 'node:child_process';
import { gt, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { authorisations } from '@/lib/db/schema';
import { addCustomer, signIn, usePortal } from '@/tests/portal';

const { portal, sandbox } = usePortal();

async function reconcile(...args: string[]) {
  const found = await portal.services.db.execute(sql`select current_database() as name`);
  const [{ name } = { name: '' }] = (found as unknown as { rows: { name: string }[] }).rows;
  const env = {
    ...process.env,
    DATABASE_URL: new URL(`/${name}`, process.env.TEST_DATABASE_URL).href,
    EMAIL_SERVER: '',
    EMAIL_FROM: '',
  };
  const program = ['--import', 'tsx', 'scripts/reconcile.ts', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, {
    env: { ...env, TSX_TSCONFIG_PATH: 'scripts/tsconfig.json' },
    encoding: 'utf8',
  });
  return { status, summary: stdout.trim().split('\n').at(-1) ?? '', stderr };
}

test('does one round, prints its summary and tells by its exit code whether work is left', async () => {
  const { services } = portal;
  const { id } = await addCustomer(services);
  await (await signIn(services, id)).signOut();
  await sandbox.fault({ endpoint: '*', kind: 'status', status: 503 });
  const during = await reconcile('--once');
  expect(during.status).toBe(1);
  expect(JSON.parse(during.summary)).toMatchObject({ complete: false, work: { revocations: { due: 1, left: 1 } } });
  await sandbox.clearFaults();
  await services.db.update(authorisations).set({ nextAttemptAt: sql`now()` });
  const after = await reconcile('--once');
  expect(JSON.parse(after.summary)).toMatchObject({ complete: true, work: { revocations: { due: 1, left: 0 } } });
  expect(after.status).toBe(0);
  expect(await services.db.$count(authorisations, gt(authorisations.epoch, authorisations.revokedEpoch))).toBe(0);
});
