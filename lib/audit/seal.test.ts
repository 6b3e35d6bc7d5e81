// ASVS 5.0: 2.3.3 16.4.2
import { readdirSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createKeyring } from '@/lib/crypto/keyring';
import type { Database, OpenDatabase } from '@/lib/db/client';
import * as schema from '@/lib/db/schema';
import { auditEvents } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import { log } from '@/lib/log/log';
import { openTestDatabase } from '@/tests/database';
import { fuzzRuns } from '@/tests/fuzz';
import type { Anchor } from './anchors';
import { appendAudit, appendAuditNow } from './append';
import type { PlainEvent } from './bounds';
import { auditHead, readAuditLog, readUnsealed } from './read';
import { describeVerdict } from './report';
import { SEAL_BATCH, sealAudit } from './seal';
import { coveredByOlderHash } from './signatures';
import { unsealedEvents } from './unsealed';
import { verifyAuditLog } from './verify';

const USER = 'b0a4a3a0-0000-4000-8000-000000000001';
const keyring = createKeyring([{ kid: 'a', key: Buffer.alloc(32, 1) }]);
const alarm = { event: 'integrity_check_failed', table: 'audit_events', rows: 1 };
let opened: OpenDatabase;
const services = () => ({ db: opened.db, keyring });

beforeAll(async () => {
  // Its log needs a configuration.
  Object.assign(process.env, parseEnv(readFileSync('.env.example', 'utf8')), { LOG_LEVEL: 'silent' });
  opened = await openTestDatabase();
});
beforeEach(() => {
  vi.spyOn(log(), 'error');
});
afterAll(() => opened.close());
afterEach(empty);

async function empty(): Promise<void> {
  vi.restoreAllMocks();
  await asOwner(sql`delete from audit_events`);
  unsealedEvents().forget(unsealedEvents().waiting());
}

/** Runs a statement as an owner of the database, who can disable the triggers. */
async function asOwner(statement: SQL): Promise<void> {
  await opened.db.execute(sql`alter table audit_events disable trigger user`);
  await opened.db.execute(statement);
  await opened.db.execute(sql`alter table audit_events enable trigger user`);
}

const numbered = (number: number): PlainEvent => ({
  event: 'authn_token_created',
  actor: `user:${USER}`,
  subject: USER,
  facts: { epoch: number },
});

async function append(...numbers: number[]): Promise<void> {
  await appendAuditNow(services(), ...numbers.map(numbered));
}

async function sealAll(db: Database = opened.db): Promise<void> {
  while ((await sealAudit({ db, keyring })) !== 'done');
}

/** Returns the numbers of the sealed events, in the order of the chain. */
async function sealedNumbers(): Promise<unknown[]> {
  const lines = await readAuditLog(services(), { limit: 100_000 });
  const sealed = lines.filter(({ seq }) => seq !== null).sort((a, b) => Number(a.seq) - Number(b.seq));
  return sealed.map(({ facts }) => facts.epoch);
}

test('tells sealed events from those that wait', async () => {
  expect(await verifyAuditLog(services())).toMatchObject({ ok: true, unsealed: { count: 0, oldest: null } });
  await append(1, 2);
  const [, first] = await readAuditLog(services());
  expect(await verifyAuditLog(services())).toEqual({
    ok: true,
    head: { seq: 0, hash: '' },
    unsealed: { count: 2, oldest: first?.at },
  });
  expect(await sealAudit(services())).toBe('done');
  await append(3);
  expect(await verifyAuditLog(services())).toMatchObject({ ok: true, head: { seq: 2 }, unsealed: { count: 1 } });
});

test('the report of a verification tells sealed events from those that wait, or names the first bad one', async () => {
  const report = async (...anchors: Anchor[]) => describeVerdict(await verifyAuditLog(services(), anchors), anchors);
  await append(1, 2);
  await sealAll();
  const sealed = await report();
  expect(sealed).toEqual([
    expect.stringMatching(/^ok: 2 sealed events, head 2:[\w-]{43}$/),
    'no event waits to be sealed',
    'no anchor was given: a tail that was cut off would not be noticed',
  ]);
  const head = await auditHead(services());
  if (!head) throw new Error('no head');
  await append(3);
  const [{ at, id } = {}] = await readAuditLog(services());
  expect(await report(head)).toEqual([
    sealed[0],
    `not sealed yet: 1 genuine events, the oldest of ${at?.toISOString()}`,
    '1 anchors checked, at 2; 0 events came after the last',
  ]);
  await asOwner(sql`update audit_events set actor = 'system' where seq is null`);
  const problem = 'stored without the portal, or changed before it was sealed';
  expect(await report()).toEqual([`unsealed event, id ${id}: ${problem}`]);
  await sealAll();
  expect(await report()).toEqual([`event 3: ${problem}`]);
});

test('seals in batches, in the order of the insertions', async () => {
  const numbers = Array.from({ length: SEAL_BATCH + 3 }, (_, index) => index);
  await append(...numbers);
  expect(await sealAudit(services())).toBe('more');
  expect(await sealedNumbers()).toEqual(numbers.slice(0, SEAL_BATCH));
  expect(await sealAudit(services())).toBe('done');
  expect(await sealedNumbers()).toEqual(numbers);
  expect(await verifyAuditLog(services())).toMatchObject({ ok: true, head: { seq: numbers.length } });
});

test('continues where a sealer that died stopped, before or after its commit', async () => {
  await append(1, 2);
  const died = inTransaction(opened.db, async (tx) => {
    await sealAudit({ db: tx, keyring });
    throw new Error('killed');
  });
  await expect(died).rejects.toThrow('killed');
  expect(await sealedNumbers()).toEqual([]);
  await append(3);
  await sealAll();
  await sealAll();
  expect(await sealedNumbers()).toEqual([1, 2, 3]);
  expect(await verifyAuditLog(services())).toMatchObject({ ok: true, unsealed: { count: 0 } });
  expect(log().error).not.toHaveBeenCalled();
});

test('one chain holds each committed event once, whatever commits, fails and seals at the same time', async () => {
  const transaction = fc.record({ events: fc.integer({ min: 1, max: 4 }), fails: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(transaction, { minLength: 1, maxLength: 25 }), async (transactions) => {
      await empty();
      let running = transactions.length;
      const committed = await Promise.all([
        ...transactions.map(async ({ events, fails }, index) => {
          const numbers = Array.from({ length: events }, (_, place) => index * 10 + place);
          await inTransaction(opened.db, async (tx) => {
            await appendAudit(tx, keyring, ...numbers.map(numbered));
            if (fails) throw new Error('fails');
          }).catch(() => numbers.splice(0));
          running -= 1;
          return numbers;
        }),
        ...[1, 2].map(async () => {
          while (running > 0) await sealAudit(services());
          return [] as number[];
        }),
      ]);
      await sealAll();
      const sealed = (await sealedNumbers()).map(Number);
      expect([...sealed].sort((a, b) => a - b)).toEqual(committed.flat());
      // The events of one transaction keep their order.
      for (const numbers of committed) expect(sealed.filter((number) => numbers.includes(number))).toEqual(numbers);
      const head = { seq: sealed.length };
      expect(await verifyAuditLog(services())).toMatchObject({ ok: true, head, unsealed: { count: 0 } });
      expect(unsealedEvents().waiting()).toEqual([]);
    }),
    fuzzRuns(10),
  );
});

describe('tampering with unsealed events', () => {
  const third = sql`id = (select min(id) + 2 from audit_events)`;
  const FORGED = 'a.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
  const changed: Record<string, SQL> = {
    id: sql`update audit_events set id = id + 1000 where ${third}`,
    at: sql`update audit_events set at = at + interval '1 second' where ${third}`,
    event: sql`update audit_events set event = 'user_created' where ${third}`,
    actor: sql`update audit_events set actor = 'system' where ${third}`,
    subject: sql`update audit_events set subject = gen_random_uuid() where ${third}`,
    facts: sql`update audit_events set facts = '{"epoch": 4}' where ${third}`,
    requestId: sql`update audit_events set request_id = gen_random_uuid() where ${third}`,
    mac: sql`update audit_events set mac = null where ${third}`,
  };

  test('is tried for every column that a seal does not set', () => {
    const columns = Object.keys(getTableColumns(auditEvents));
    expect([...Object.keys(changed), 'seq', 'kid', 'hash'].sort()).toEqual(columns.sort());
  });

  test.each<[string, SQL]>([
    ...Object.entries(changed).map(([column, statement]): [string, SQL] => [`another ${column}`, statement]),
    [
      'two exchanged',
      sql`update audit_events set facts = case facts->>'epoch' when '3' then '{"epoch": 4}'::jsonb
        else '{"epoch": 3}'::jsonb end where facts->>'epoch' in ('3', '4')`,
    ],
    [
      'one repeated under another id',
      sql`insert into audit_events (id, at, event, actor, subject, facts, mac)
        select nextval('audit_event_ids'), at, event, actor, subject, facts, mac from audit_events where ${third}`,
    ],
    [
      'one forged',
      sql`insert into audit_events (id, at, event, actor, facts, mac)
        values (nextval('audit_event_ids'), now(), 'user_created', 'system', '{}', ${FORGED})`,
    ],
    [
      'one forged in the form of older versions, at the id of its place',
      sql`insert into audit_events (id, at, event, actor, facts) values (1, now(), 'user_created', 'system', '{}')`,
    ],
  ])('%s: does not verify before or after the sealing, and raises an alarm [T35]', async (_name, statement) => {
    await append(1, 2, 3, 4, 5);
    await asOwner(statement);
    expect(await verifyAuditLog(services())).toMatchObject({ ok: false, id: expect.any(Number) });
    await sealAll();
    expect(log().error).toHaveBeenCalledWith(expect.objectContaining({ event: 'integrity_check_failed' }));
    await append(6);
    await sealAll();
    expect(await verifyAuditLog(services())).toMatchObject({ ok: false, seq: expect.any(Number) });
  });

  test('a seal without the key: does not verify [T35]', async () => {
    await append(1);
    await opened.db.execute(sql`update audit_events set seq = 1, kid = 'a', hash = 'x'`);
    expect(await verifyAuditLog(services())).toMatchObject({ ok: false, seq: 1 });
  });

  test('one deleted: the process that committed it raises an alarm, once [T35]', async () => {
    await append(1, 2, 3);
    await asOwner(sql`delete from audit_events where ${third}`);
    for (let round = 0; round < 2; round += 1) await sealAll();
    expect(vi.mocked(log().error).mock.calls).toEqual([[alarm]]);
    expect(await sealedNumbers()).toEqual([1, 2]);
  });

  test('no alarm for events that another process sealed', async () => {
    await append(1, 2);
    const mine = unsealedEvents().waiting();
    await sealAll();
    unsealedEvents().committed(mine);
    await sealAll();
    expect(log().error).not.toHaveBeenCalled();
    expect(unsealedEvents().waiting()).toEqual([]);
  });
});

test('finds unsealed events by an index of nothing else', async () => {
  await opened.db.execute(sql`
    insert into audit_events (id, seq, at, event, actor, facts, kid, hash)
    select n, n, now(), 'x', 'system', '{}', 'a', 'x' from generate_series(-20000, -1) as n`);
  await opened.db.execute(sql`analyze audit_events`);
  for (const limit of [1, SEAL_BATCH]) {
    const plan = await opened.db.execute(sql`explain ${readUnsealed(opened.db, limit).getSQL()}`);
    expect(JSON.stringify(plan)).toMatch(/Index Scan using audit_events_unsealed/);
  }
});

test('a process that has nothing to seal wakes by the next commit', async () => {
  await append(1);
  // Returns at once: the commit counts although it came before.
  await unsealedEvents().next(2 ** 30);
  const next = unsealedEvents().next(2 ** 30);
  await append(2);
  await next;
});

test('events of an older version keep their chain, and new ones continue it', async () => {
  const engine = await PGlite.create();
  try {
    const migrations = readdirSync('lib/db/migrations').filter((name) => name.endsWith('.sql'));
    const migrate = async (name: string) => {
      for (const statement of readFileSync(`lib/db/migrations/${name}`, 'utf8').split('--> statement-breakpoint'))
        await engine.exec(statement);
    };
    const [older, newer] = [migrations.filter((name) => name < '0008'), migrations.filter((name) => name >= '0008')];
    for (const name of older.sort()) await migrate(name);
    let before = '';
    for (const seq of [1, 2, 3]) {
      const row = { id: seq, seq, at: new Date(seq * 1000), event: 'x', actor: 'system', subject: null };
      const { kid, mac } = keyring.sign(coveredByOlderHash(before, { ...row, facts: { seq }, requestId: null }));
      await engine.query(
        `insert into audit_events (seq, at, event, actor, facts, kid, hash) values ($1, $2, 'x', 'system', $3, $4, $5)`,
        [seq, row.at, { seq }, kid, mac],
      );
      before = mac;
    }
    for (const name of newer.sort()) await migrate(name);
    const db = drizzle(engine, { schema });
    expect(await verifyAuditLog({ db, keyring })).toMatchObject({ ok: true, head: { seq: 3, hash: before } });
    await appendAuditNow({ db, keyring }, numbered(1));
    await sealAll(db);
    expect(await verifyAuditLog({ db, keyring })).toMatchObject({ ok: true, head: { seq: 4 } });
    await engine.exec('alter table audit_events disable trigger user; update audit_events set id = 9 where seq = 2');
    expect(await verifyAuditLog({ db, keyring })).toMatchObject({ ok: false, seq: 2 });
  } finally {
    await engine.close();
  }
});
