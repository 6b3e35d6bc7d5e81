import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createKeyring } from '@/lib/crypto/keyring';
import type { OpenDatabase } from '@/lib/db/client';
import { inTransaction } from '@/lib/db/transaction';
import { createLog } from '@/lib/log/log';
import { singleton } from '@/lib/singleton';
import { openTestDatabase } from '@/tests/database';
import { fuzzRuns } from '@/tests/fuzz';
import { ANCHOR_EVENTS, ANCHOR_MS, type Anchor, Anchoring, anchorsIn } from './anchors';
import { appendAudit, appendAuditNow } from './append';
import type { PlainEvent } from './bounds';
import { appendCountedAuditNow } from './counted';
import { sealAudit } from './seal';
import { unsealedEvents } from './unsealed';
import { verifyAuditLog } from './verify';

const USER = 'b0a4a3a0-0000-4000-8000-000000000001';
const keyring = createKeyring([{ kid: 'a', key: Buffer.alloc(32, 1) }]);
const signedIn: PlainEvent = { event: 'session_created', actor: `user:${USER}`, facts: { role: 'customer' } };
const block = { event: 'authz_change', actor: `operator:${USER}`, subject: USER, facts: { action: 'block' } } as const;
const look: PlainEvent = { event: 'sensitive_read', actor: `operator:${USER}`, facts: { object: 'customers' } };

let opened: OpenDatabase;
let lines: string[];
let anchoring: Anchoring;
const services = () => ({ db: opened.db, keyring });
const anchored = () => anchorsIn(lines.join(''));
const slot = () => singleton('audit-anchors', (): { current: Anchoring } => ({ current: anchoring }));

beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened.close());
beforeEach(() => {
  lines = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  anchoring = new Anchoring();
  anchoring.begin((head) => log.info({ event: 'audit_anchor', ...head }));
  slot().current = anchoring;
});
afterEach(async () => {
  vi.useRealTimers();
  unsealedEvents().forget(unsealedEvents().waiting());
  await asOwner(sql`delete from audit_events`);
  await opened.db.execute(sql`delete from rate_limits`);
});

/** Runs a statement as an owner of the database, who can disable the triggers. */
async function asOwner(statement: ReturnType<typeof sql>): Promise<void> {
  await opened.db.execute(sql`alter table audit_events disable trigger user`);
  await opened.db.execute(statement);
  await opened.db.execute(sql`alter table audit_events enable trigger user`);
}

const cutAfter = (seq: number) => asOwner(sql`delete from audit_events where seq > ${seq}`);

async function append(count: number, event = signedIn): Promise<void> {
  for (let n = 0; n < count; n += 1) await appendAuditNow(services(), event);
  await sealAudit(services());
}

describe('detects a log that was cut short', () => {
  test.each([
    ['after ANCHOR_EVENTS events', async () => append(ANCHOR_EVENTS), ANCHOR_EVENTS],
    ['after many events in one transaction', () => appendAuditNow(services(), ...Array(70).fill(signedIn)), 70],
    ['after a change by an operator', () => appendCountedAuditNow(services(), block), 1],
    [
      'after a flush at the end of the process',
      async () => {
        await append(3);
        anchoring.flush();
      },
      3,
    ],
  ])('%s, at any length [T35]', async (_, appended, length) => {
    await appended();
    await sealAudit(services());
    expect(anchored().map(({ seq }) => seq)).toEqual([length]);
    for (const left of [length - 1, Math.floor(length / 2), 0]) {
      await cutAfter(left);
      expect(await verifyAuditLog(services(), anchored()), `cut after ${left}`).toMatchObject({ ok: false });
    }
  });

  test('one minute after the first event without an anchor, even while other events arrive [T35]', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await append(1);
    vi.advanceTimersByTime(ANCHOR_MS - 1);
    await append(1);
    expect(anchored()).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(anchored().map(({ seq }) => seq)).toEqual([2]);
    vi.advanceTimersByTime(10 * ANCHOR_MS);
    expect(anchored()).toHaveLength(1);
    await cutAfter(1);
    expect(await verifyAuditLog(services(), anchored())).toMatchObject({ ok: false });
  });

  test('but not before the next anchor is due', async () => {
    await append(ANCHOR_EVENTS);
    await append(ANCHOR_EVENTS - 1);
    await cutAfter(ANCHOR_EVENTS);
    expect(await verifyAuditLog(services(), anchored())).toMatchObject({ ok: true });
    await cutAfter(ANCHOR_EVENTS - 1);
    expect(await verifyAuditLog(services(), anchored())).toMatchObject({ ok: false });
  });
});

test('writes no immediate anchor when an operator only reads', async () => {
  await append(3, look);
  expect(anchored()).toEqual([]);
});

test('writes no anchor for a transaction that fails, nested or not', async () => {
  for (const inner of [false, true]) {
    const failing = inTransaction(opened.db, async (tx) => {
      const many = Array<PlainEvent>(60).fill(signedIn);
      await (inner ? appendAuditNow({ db: tx, keyring }, ...many) : appendAudit(tx, keyring, ...many));
      throw new Error('something later failed');
    });
    await expect(failing).rejects.toThrow('something later failed');
  }
  await sealAudit(services());
  expect(anchored()).toEqual([]);
  await inTransaction(opened.db, (tx) => appendAuditNow({ db: tx, keyring }, ...Array<PlainEvent>(60).fill(signedIn)));
  expect(anchored()).toEqual([]);
  await sealAudit(services());
  expect(anchored().map(({ seq }) => seq)).toEqual([60]);
  expect(await verifyAuditLog(services(), anchored())).toMatchObject({ ok: true });
});

test('finds the anchors among arbitrary other log lines', () => {
  const anchor = fc.record({ seq: fc.nat(), hash: fc.string({ unit: fc.constantFrom('a', '-', '_', '9') }) });
  const noise = fc.oneof(fc.json(), fc.constantFrom('{"event":"audit_anchor"', 'audit_anchor', '{"event":"console"}'));
  const line = fc.oneof(
    anchor.map((head) => ({ head, text: JSON.stringify({ level: 30, event: 'audit_anchor', ...head }) })),
    anchor.map((head) => ({ head, text: `portal-1 | ${JSON.stringify({ event: 'audit_anchor', ...head })}` })),
    noise.map((text) => ({ head: null, text })),
  );
  fc.assert(
    fc.property(fc.array(line), (log) => {
      const expected: (Anchor | null)[] = log.map(({ head }) => head).filter((head) => head !== null);
      expect(anchorsIn(log.map(({ text }) => text).join('\n'))).toMatchObject(expected);
    }),
    fuzzRuns(200),
  );
});
