import 'server-only';
import { asc, desc, gt, sql } from 'drizzle-orm';
import type { Keyring } from '../crypto/keyring';
import type { Database } from '../db/client';
import { auditEvents } from '../db/schema';
import { afterCommit, inTransaction } from '../db/transaction';
import { currentRequest } from '../http/request-context';
import type { Services } from '../services';
import { anchors } from './anchors';
import type { PlainEvent } from './bounds';
import type { AuditEvent } from './events';

/** Any constant number: whoever appends must only agree on it. */
const AUDIT_LOCK = 4_010_2027;

type Row = typeof auditEvents.$inferSelect;

/**
 * Appends to the trail, inside the transaction of what it tells, as that transaction's last statements: both are
 * stored or neither is. Takes events whose cause is bounded; `recordCounted` (counted.ts) takes the others.
 * (ASVS 5.0 16.2.1, 16.3.1-16.3.3, 16.4.2)
 * @throws the driver's error.
 */
export async function record(tx: Database, keyring: Keyring, ...events: PlainEvent[]): Promise<void> {
  await append(tx, keyring, ...events);
}

/** Appends any event. Appends wait for each other, because every row's hash covers the one before. */
export async function append(tx: Database, keyring: Keyring, ...events: AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.execute(sql`select pg_advisory_xact_lock(${AUDIT_LOCK})`);
  const [last] = await tx.select().from(auditEvents).orderBy(desc(auditEvents.seq)).limit(1);
  let before = { seq: last?.seq ?? 0, hash: last?.hash ?? '' };
  // One clock for all instances, in whole milliseconds: what is hashed must come back as it went in.
  const at = await databaseTime(tx);
  const requestId = currentRequest()?.requestId ?? null;
  const rows: Row[] = [];
  for (const { event, actor, subject = null, facts } of events) {
    const plain = { seq: before.seq + 1, at, event, actor, subject, facts: withoutGaps(facts), requestId };
    const { kid, mac } = keyring.sign(covered(before.hash, plain));
    before = { seq: plain.seq, hash: mac };
    rows.push({ ...plain, kid, hash: mac });
  }
  await tx.insert(auditEvents).values(rows);
  afterCommit(tx, () => anchors().appended(before, events));
}

/** The same as a transaction of its own, for what is stored nowhere else. */
export async function recordAlone(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  ...events: PlainEvent[]
): Promise<void> {
  await inTransaction(db, (tx) => record(tx, keyring, ...events));
}

/** Where the chain stands. Kept outside the database, it shows a tail that is cut off. */
export interface Anchor {
  seq: number;
  hash: string;
}

/** What verification found: the length of an unbroken chain, or the first bad link. */
export type Verdict = { ok: true; head: Anchor } | { ok: false; seq: number; problem: string };

const PAGE = 1000;

/**
 * Follows the chain from its first row. @param anchors earlier heads, which must still be there as they were.
 * @throws the driver's error.
 */
export async function verifyTrail(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  anchors: Anchor[] = [],
): Promise<Verdict> {
  let head: Anchor = { seq: 0, hash: '' };
  for (;;) {
    const rows = await db
      .select()
      .from(auditEvents)
      .where(gt(auditEvents.seq, head.seq))
      .orderBy(asc(auditEvents.seq))
      .limit(PAGE);
    for (const row of rows) {
      const problem = faultOf(keyring, row, head) ?? misses(anchors, row);
      if (problem) return { ok: false, seq: head.seq + 1, problem };
      head = { seq: row.seq, hash: row.hash };
    }
    if (rows.length < PAGE) break;
  }
  const cut = anchors.some(({ seq }) => seq > head.seq);
  return cut
    ? { ok: false, seq: head.seq + 1, problem: 'missing: an anchor says that there was more' }
    : { ok: true, head };
}

function faultOf(keyring: Keyring, row: Row, before: Anchor): string | null {
  if (row.seq !== before.seq + 1) return 'missing';
  const genuine = keyring.verify(covered(before.hash, row), row.kid, row.hash);
  if (genuine === null) return `signed with key "${row.kid}", which PII_KEYS does not hold`;
  return genuine ? null : 'changed, moved or signed by somebody else';
}

function misses(anchors: Anchor[], row: Row): string | null {
  return anchors.some(({ seq, hash }) => seq === row.seq && hash !== row.hash) ? 'not what the anchor says' : null;
}

/** Where the chain stands now; null while it is empty. */
export async function trailHead({ db }: Pick<Services, 'db'>): Promise<Anchor | null> {
  const [last] = await db.select().from(auditEvents).orderBy(desc(auditEvents.seq)).limit(1);
  return last ? { seq: last.seq, hash: last.hash } : null;
}

/** What a row's hash covers: everything in it, and the hash before. */
function covered(before: string, row: Omit<Row, 'kid' | 'hash'>): string {
  const facts = Object.entries(row.facts).sort(([a], [b]) => (a < b ? -1 : 1));
  const { seq, at, event, actor, subject, requestId } = row;
  return JSON.stringify([before, seq, at.getTime(), event, actor, subject, facts, requestId]);
}

function withoutGaps(facts: AuditEvent['facts']): Row['facts'] {
  return Object.fromEntries(Object.entries(facts ?? {}).filter(([, value]) => value !== undefined));
}

async function databaseTime(tx: Database): Promise<Date> {
  const found = await tx.execute<{ now: string }>(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::bigint::text as now`,
  );
  const [row] = (found as unknown as { rows: { now: string }[] }).rows;
  return new Date(Number(row?.now));
}
