// Runs on PostgreSQL only (npm run test:postgres): transactions that are open at the same time.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createKeyring } from '@/lib/crypto/keyring';
import type { Database, OpenDatabase } from '@/lib/db/client';
import { inTransaction } from '@/lib/db/transaction';
import { openTestDatabase } from '@/tests/database';
import { appendAudit } from './append';
import { readAuditLog } from './read';
import { sealAudit } from './seal';
import { verifyAuditLog } from './verify';

const keyring = createKeyring([{ kid: 'a', key: Buffer.alloc(32, 1) }]);
let opened: OpenDatabase;
let finish: () => void;
const services = () => ({ db: opened.db, keyring });

beforeAll(async () => {
  opened = await openTestDatabase();
});
afterEach(() => finish?.());
afterAll(() => opened.close());

const append = (db: Database, pid: number) =>
  appendAudit(db, keyring, { event: 'sys_startup', actor: 'system', facts: { pid } });

/** Does work in a transaction that stays open until `finish` is called. */
async function inOpenTransaction<T>(
  work: (tx: Database) => Promise<T>,
): Promise<{ result: T; committed: Promise<void> }> {
  const end = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let committed = Promise.resolve();
  const result = await new Promise<T>((resolve, reject) => {
    committed = inTransaction(opened.db, async (tx) => {
      resolve(await work(tx));
      await end;
    });
    committed.catch(reject);
  });
  return { result, committed };
}

test('an append commits while another transaction that appended is open, and the late one is sealed after it', async () => {
  const first = await inOpenTransaction((tx) => append(tx, 1));
  await inTransaction(opened.db, (tx) => append(tx, 2));
  expect(await sealAudit(services())).toBe('done');
  finish();
  await first.committed;
  expect(await sealAudit(services())).toBe('done');
  const lines = await readAuditLog(services());
  expect(lines.map(({ seq, facts }) => [seq, facts.pid])).toEqual([
    [1, 2],
    [2, 1],
  ]);
  expect(await verifyAuditLog(services())).toMatchObject({ ok: true, head: { seq: 2 }, unsealed: { count: 0 } });
});

test('one sealer works at a time: another one leaves, and appends do not wait for it', async () => {
  await inTransaction(opened.db, (tx) => append(tx, 3));
  const sealer = await inOpenTransaction((tx) => sealAudit({ db: tx, keyring }));
  expect(sealer.result).toBe('done');
  await inTransaction(opened.db, (tx) => append(tx, 4));
  expect(await sealAudit(services())).toBe('busy');
  finish();
  await sealer.committed;
  expect(await sealAudit(services())).toBe('done');
  expect(await verifyAuditLog(services())).toMatchObject({ ok: true, head: { seq: 4 }, unsealed: { count: 0 } });
});
