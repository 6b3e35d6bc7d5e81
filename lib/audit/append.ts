import 'server-only';
import { desc, sql } from 'drizzle-orm';
import type { Keyring } from '@/lib/crypto/keyring';
import type { Database } from '@/lib/db/client';
import { auditEvents } from '@/lib/db/schema';
import { afterCommit, inTransaction } from '@/lib/db/transaction';
import { currentRequest } from '@/lib/request-context';
import type { Services } from '@/lib/services';
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
export async function appendAudit(tx: Database, keyring: Keyring, ...events: PlainEvent[]): Promise<void> {
  await appendAny(tx, keyring, ...events);
}

/** Appends any event. Appends wait for each other, because every row's hash covers the one before. */
export async function appendAny(tx: Database, keyring: Keyring, ...events: AuditEvent[]): Promise<void> {
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
export async function appendAuditNow(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  ...events: PlainEvent[]
): Promise<void> {
  await inTransaction(db, (tx) => appendAudit(tx, keyring, ...events));
}

/** What a row's hash covers: everything in it, and the hash before. */
export function covered(before: string, row: Omit<Row, 'kid' | 'hash'>): string {
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
