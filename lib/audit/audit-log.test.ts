// ASVS 5.0: 2.3.3 16.2.1 16.2.2 16.4.2
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createKeyring } from '@/lib/crypto/keyring';
import type { OpenDatabase } from '@/lib/db/client';
import { inTransaction } from '@/lib/db/transaction';
import { enterRequest } from '@/lib/request-context';
import { openTestDatabase } from '@/tests/database';
import { appendAudit, appendAuditNow } from './append';
import type { PlainEvent } from './bounds';
import { auditHead, readAuditLog } from './read';
import { sealAudit } from './seal';
import { unsealedEvents } from './unsealed';
import { verifyAuditLog } from './verify';

const USER = 'b0a4a3a0-0000-4000-8000-000000000001';
const keys = [{ kid: 'a', key: Buffer.alloc(32, 1) }];
let opened: OpenDatabase;
const services = () => ({ db: opened.db, keyring: createKeyring(keys) });

beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened.close());
afterEach(async () => {
  await withoutTrigger(sql`delete from audit_events`);
  unsealedEvents().forget(unsealedEvents().waiting());
});

/** Runs a statement as an owner of the database, who can disable the triggers. */
async function withoutTrigger(statement: ReturnType<typeof sql>): Promise<void> {
  await opened.db.execute(sql`alter table audit_events disable trigger user`);
  await opened.db.execute(statement);
  await opened.db.execute(sql`alter table audit_events enable trigger user`);
}

async function appendEvents(count: number): Promise<void> {
  const event: PlainEvent = {
    event: 'user_updated',
    actor: 'system',
    subject: USER,
    facts: { blocked: true, code: 'x' },
  };
  await appendAuditNow(services(), ...Array.from({ length: count }, () => event));
}

async function appendSealed(count: number): Promise<void> {
  await appendEvents(count);
  await sealAudit(services());
}

test('reads events newest first, at once and after they are sealed', async () => {
  await appendSealed(3);
  await appendAuditNow(services(), { event: 'session_created', actor: `user:${USER}`, facts: { role: 'customer' } });
  const expected = ['session_created', 'user_updated', 'user_updated', 'user_updated'];
  const lines = await readAuditLog(services());
  expect(lines.map(({ event }) => event)).toEqual(expected);
  expect(lines.map(({ seq }) => seq)).toEqual([null, 3, 2, 1]);
  await sealAudit(services());
  expect((await readAuditLog(services())).map(({ seq }) => seq)).toEqual([4, 3, 2, 1]);
  const [third] = await readAuditLog(services(), { before: lines[1]?.id, subject: USER, limit: 1 });
  expect(third).toMatchObject({ seq: 2 });
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
  await appendSealed(1);
  expect((await readAuditLog(services()))[0]?.at.getFullYear()).toBeGreaterThan(2001);
  expect(await verifyAuditLog(services())).toMatchObject({ ok: true, head: { seq: 2 } });
});

describe.each([
  ['sealed', appendSealed],
  ['unsealed', appendEvents],
])('%s events', (_name, append) => {
  test.each([
    ['a changed event', sql`update audit_events set event = 'x'`],
    ['a changed seal', sql`update audit_events set seq = 7, kid = 'a', hash = 'x', facts = '{}'`],
    ['a removed MAC', sql`update audit_events set mac = null`],
    ['a deletion', sql`delete from audit_events where id = (select min(id) from audit_events)`],
    ['truncation', sql`truncate audit_events`],
  ])('the database rejects %s [T35]', async (_change, statement) => {
    await append(2);
    const before = await readAuditLog(services());
    await expect(opened.db.execute(statement)).rejects.toMatchObject({
      cause: expect.objectContaining({ message: expect.stringContaining('append-only') }),
    });
    expect(await readAuditLog(services())).toEqual(before);
  });
});

test('the database rejects a second seal, and the removal of a seal [T35]', async () => {
  await appendSealed(1);
  for (const statement of [
    sql`update audit_events set seq = 2`,
    sql`update audit_events set hash = 'another'`,
    sql`update audit_events set seq = null, kid = null, hash = null`,
  ])
    await expect(opened.db.execute(statement)).rejects.toMatchObject({
      cause: expect.objectContaining({ message: expect.stringContaining('append-only') }),
    });
});

const FORGED_MAC = 'a.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

test.each([
  ['one fact changed', sql`update audit_events set facts = '{"blocked": false, "code": "x"}' where seq = 3`, 3],
  ['facts that are no object', sql`update audit_events set facts = '[]' where seq = 3`, 3],
  ['another event', sql`update audit_events set event = 'user_created' where seq = 3`, 3],
  ['another actor', sql`update audit_events set actor = 'operator:x' where seq = 1`, 1],
  ['another subject', sql`update audit_events set subject = null where seq = 2`, 2],
  ['another time', sql`update audit_events set at = at + interval '1 second' where seq = 4`, 4],
  ['another request', sql`update audit_events set request_id = gen_random_uuid() where seq = 4`, 4],
  ['another id', sql`update audit_events set id = id + 1000 where seq = 3`, 3],
  ['another MAC', sql`update audit_events set mac = ${FORGED_MAC} where seq = 3`, 3],
  ['no MAC', sql`update audit_events set mac = null where seq = 3`, 3],
  ['another key', sql`update audit_events set kid = 'b' where seq = 3`, 3],
  ['another hash', sql`update audit_events set hash = 'x' where seq = 3`, 3],
  ['a seal removed', sql`update audit_events set seq = null, kid = null, hash = null where seq = 3`, 3],
  ['one removed', sql`delete from audit_events where seq = 3`, 3],
  ['two exchanged', sql`update audit_events set seq = case seq when 2 then -3 else -2 end where seq in (2, 3)`, 2],
  [
    'a new one without the key',
    sql`insert into audit_events (id, seq, at, event, actor, facts, mac, kid, hash)
      values (nextval('audit_event_ids'), 6, now(), 'x', 'system', '{}', ${FORGED_MAC}, 'a', 'forged')`,
    6,
  ],
  [
    'one in the form of older versions',
    sql`insert into audit_events (id, seq, at, event, actor, facts, kid, hash)
      values (0, 6, now(), 'x', 'system', '{}', 'a', 'forged')`,
    6,
  ],
  ['the first removed', sql`delete from audit_events where seq = 1`, 1],
])('reports the first bad row after tampering with sealed events: %s [T35]', async (_name, statement, seq) => {
  await appendSealed(5);
  await withoutTrigger(statement);
  await withoutTrigger(sql`update audit_events set seq = -seq where seq < 0`);
  expect(await verifyAuditLog(services())).toMatchObject({ ok: false, seq });
});

test('reports a row that stands before the first place', async () => {
  await appendSealed(2);
  await withoutTrigger(sql`insert into audit_events (id, seq, at, event, actor, facts, kid, hash)
    values (0, 0, now(), 'x', 'system', '{}', 'a', 'forged')`);
  expect(await verifyAuditLog(services())).toMatchObject({ ok: false, problem: 'inserted without the portal' });
});

test('rejects a genuine event that follows a different history', async () => {
  await appendSealed(5);
  await withoutTrigger(sql`create temporary table kept as select * from audit_events where seq = 5`);
  await withoutTrigger(sql`delete from audit_events where seq > 3`);
  await appendAuditNow(services(), { event: 'user_deleted', actor: 'system', subject: USER });
  await sealAudit(services());
  await withoutTrigger(sql`insert into audit_events select * from kept`);
  expect(await verifyAuditLog(services())).toMatchObject({ ok: false, seq: 5 });
});

test('detects a log that was cut short by an anchor kept outside [T35]', async () => {
  await appendSealed(5);
  const head = await auditHead(services());
  if (!head) throw new Error('no head');
  await withoutTrigger(sql`delete from audit_events where seq > 3`);
  expect(await verifyAuditLog(services())).toMatchObject({ ok: true });
  expect(await verifyAuditLog(services(), [head])).toMatchObject({ ok: false, seq: 4 });
  await appendSealed(2);
  expect(await verifyAuditLog(services(), [head])).toMatchObject({ ok: false, problem: 'not what the anchor says' });
});

test.each([
  ['sealed', appendSealed, { seq: 1 }],
  ['unsealed', appendEvents, { id: expect.any(Number) }],
])('does not verify %s events without the key that signed them', async (_name, append, where) => {
  await append(1);
  const stranger = createKeyring([{ kid: 'b', key: Buffer.alloc(32, 2) }]);
  const problem = 'signed with key "a", which PII_KEYS does not hold';
  expect(await verifyAuditLog({ db: opened.db, keyring: stranger })).toEqual({ ok: false, ...where, problem });
  const sameName = createKeyring([{ kid: 'a', key: Buffer.alloc(32, 2) }]);
  expect(await verifyAuditLog({ db: opened.db, keyring: sameName })).toMatchObject({ ok: false, ...where });
});

test('leaves no event and no gap when a transaction fails', async () => {
  await appendEvents(1);
  const failing = inTransaction(opened.db, async (tx) => {
    await appendAuditNow({ db: tx, keyring: createKeyring(keys) }, { event: 'user_created', actor: 'system' });
    throw new Error('something later failed');
  });
  await expect(failing).rejects.toThrow('something later failed');
  await appendSealed(1);
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
