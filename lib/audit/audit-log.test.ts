// ASVS 5.0: 2.3.3 16.2.1 16.2.2 16.4.2
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createKeyring } from '@/lib/crypto/keyring';
import type { OpenDatabase } from '@/lib/db/client';
import { enterRequest } from '@/lib/request-context';
import { openTestDatabase } from '@/tests/database';
import { appendAudit, appendAuditNow } from './append';
import type { AuditEvent } from './events';
import { readAuditLog } from './read';
import { auditHead, verifyAuditLog } from './verify';

const USER = 'b0a4a3a0-0000-4000-8000-000000000001';
const keys = [{ kid: 'a', key: Buffer.alloc(32, 1) }];
let opened: OpenDatabase;
const services = () => ({ db: opened.db, keyring: createKeyring(keys) });

beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened.close());
afterEach(() => withoutTrigger(sql`delete from audit_events`));

/** Runs a statement as an owner of the database, who can disable the triggers. */
async function withoutTrigger(statement: ReturnType<typeof sql>): Promise<void> {
  await opened.db.execute(sql`alter table audit_events disable trigger user`);
  await opened.db.execute(statement);
  await opened.db.execute(sql`alter table audit_events enable trigger user`);
}

async function appendEvents(count: number): Promise<void> {
  const event: AuditEvent = {
    event: 'user_updated',
    actor: 'system',
    subject: USER,
    facts: { blocked: true, code: 'x' },
  };
  await appendAuditNow(services(), ...Array.from({ length: count }, () => event));
}

test('appends events to one chain that verifies, and reads them newest first', async () => {
  await appendEvents(3);
  await appendAuditNow(services(), { event: 'session_created', actor: `user:${USER}`, facts: { role: 'customer' } });
  expect(await verifyAuditLog(services())).toMatchObject({ ok: true, head: { seq: 4 } });
  const lines = await readAuditLog(services());
  expect(lines.map(({ seq, event }) => [seq, event])).toEqual([
    [4, 'session_created'],
    [3, 'user_updated'],
    [2, 'user_updated'],
    [1, 'user_updated'],
  ]);
  expect(await readAuditLog(services(), { subject: USER, before: 3, limit: 1 })).toMatchObject([{ seq: 2 }]);
});

test('takes the time of an event from the database clock, not from the process', async () => {
  // The clock of the process cannot be moved instead: the embedded database reads it too.
  await opened.db.transaction(async (tx) => {
    await tx.execute(sql`create schema slow`);
    await tx.execute(
      sql`create function slow.clock_timestamp() returns timestamptz language sql as $$ select timestamptz '2001-02-03T04:05:06.789Z' $$`,
    );
    await tx.execute(sql`set local search_path = slow, pg_catalog, public`);
    await appendAudit(tx, createKeyring(keys), { event: 'user_created', actor: 'system', subject: USER });
    await tx.execute(sql`drop schema slow cascade`);
  });
  expect(await readAuditLog(services())).toMatchObject([{ at: new Date('2001-02-03T04:05:06.789Z') }]);
  await appendEvents(1);
  expect((await readAuditLog(services()))[0]?.at.getFullYear()).toBeGreaterThan(2001);
  expect(await verifyAuditLog(services())).toMatchObject({ ok: true, head: { seq: 2 } });
});

test('queues concurrent appends', async () => {
  await Promise.all(Array.from({ length: 20 }, () => appendEvents(2)));
  expect(await verifyAuditLog(services())).toMatchObject({ ok: true, head: { seq: 40 } });
});

test('rejects updates, deletes and truncation in the database [T35]', async () => {
  await appendEvents(2);
  for (const statement of [
    sql`update audit_events set event = 'x'`,
    sql`delete from audit_events where seq = 1`,
    sql`truncate audit_events`,
  ])
    await expect(opened.db.execute(statement)).rejects.toMatchObject({
      cause: expect.objectContaining({ message: expect.stringContaining('append-only') }),
    });
});

test.each([
  ['one fact changed', sql`update audit_events set facts = '{"blocked": false, "code": "x"}' where seq = 3`, 3],
  ['another subject', sql`update audit_events set subject = null where seq = 2`, 2],
  ['another time', sql`update audit_events set at = at + interval '1 second' where seq = 4`, 4],
  ['one removed', sql`delete from audit_events where seq = 3`, 3],
  ['two exchanged', sql`update audit_events set seq = case seq when 2 then -3 else -2 end where seq in (2, 3)`, 2],
  [
    'a new one without the key',
    sql`insert into audit_events values (6, now(), 'x', 'system', null, '{}', null, 'a', 'forged')`,
    6,
  ],
  ['the first removed', sql`delete from audit_events where seq = 1`, 1],
])('reports the first bad row after tampering: %s [T35]', async (_name, statement, seq) => {
  await appendEvents(5);
  await withoutTrigger(statement);
  await withoutTrigger(sql`update audit_events set seq = -seq where seq < 0`);
  expect(await verifyAuditLog(services())).toMatchObject({ ok: false, seq });
});

test('rejects a genuine event that follows a different history', async () => {
  await appendEvents(5);
  await withoutTrigger(sql`create temporary table kept as select * from audit_events where seq = 5`);
  await withoutTrigger(sql`delete from audit_events where seq > 3`);
  await appendAuditNow(services(), { event: 'user_deleted', actor: 'system', subject: USER });
  await withoutTrigger(sql`insert into audit_events select * from kept`);
  expect(await verifyAuditLog(services())).toMatchObject({ ok: false, seq: 5 });
});

test('detects a log that was cut short by an anchor kept outside [T35]', async () => {
  await appendEvents(5);
  const head = await auditHead(services());
  if (!head) throw new Error('no head');
  await withoutTrigger(sql`delete from audit_events where seq > 3`);
  expect(await verifyAuditLog(services())).toMatchObject({ ok: true });
  expect(await verifyAuditLog(services(), [head])).toMatchObject({ ok: false, seq: 4 });
  await appendEvents(2);
  expect(await verifyAuditLog(services(), [head])).toMatchObject({ ok: false, problem: 'not what the anchor says' });
});

test('does not verify without the key that signed the events', async () => {
  await appendEvents(1);
  const stranger = createKeyring([{ kid: 'b', key: Buffer.alloc(32, 2) }]);
  expect(await verifyAuditLog({ db: opened.db, keyring: stranger })).toMatchObject({ ok: false, seq: 1 });
  const sameName = createKeyring([{ kid: 'a', key: Buffer.alloc(32, 2) }]);
  expect(await verifyAuditLog({ db: opened.db, keyring: sameName })).toMatchObject({ ok: false, seq: 1 });
});

test('leaves no event and no gap when a transaction fails', async () => {
  await appendEvents(1);
  const failing = opened.db.transaction(async (tx) => {
    await appendAuditNow({ db: tx, keyring: createKeyring(keys) }, { event: 'user_created', actor: 'system' });
    throw new Error('something later failed');
  });
  await expect(failing).rejects.toThrow('something later failed');
  await appendEvents(1);
  expect(await verifyAuditLog(services())).toMatchObject({ ok: true, head: { seq: 2 } });
});

test('stores the id of the request that caused an event', async () => {
  const requestId = 'b0a4a3a0-0000-4000-8000-00000000abcd';
  await new Promise<void>((resolve, reject) => {
    setImmediate(() => {
      enterRequest({ requestId, address: null });
      appendEvents(1).then(resolve, reject);
    });
  });
  expect(await readAuditLog(services())).toMatchObject([{ requestId }]);
  await appendEvents(1);
  expect((await readAuditLog(services()))[0]).toMatchObject({ requestId: null });
});
