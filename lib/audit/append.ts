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

/** An arbitrary constant: all instances must use the same number. */
const AUDIT_LOCK = 4_010_2027;

type Row = typeof auditEvents.$inferSelect;

/**
 * Appends to the audit log in the transaction that makes the change, as its last statements.
 * Both are stored or neither is. `appendCountedAudit` (counted.ts) takes the events that need a bound.
 * (ASVS 5.0 16.2.1, 16.3.1-16.3.3, 16.4.2)
 * @throws the driver's error.
 */
export async function appendAudit(tx: Database, keyring: Keyring, ...events: PlainEvent[]): Promise<void> {
  await appendAny(tx, keyring, ...events);
}

/** Appends any event. Appends queue up, because each row's hash covers the previous row. */
export async function appendAny(tx: Database, keyring: Keyring, ...events: AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.execute(sql`select pg_advisory_xact_lock(${AUDIT_LOCK})`);
  const [last] = await tx.select().from(auditEvents).orderBy(desc(auditEvents.seq)).limit(1);
  let before = { seq: last?.seq ?? 0, hash: last?.hash ?? '' };
  // One clock for all instances, in whole milliseconds, so that the hash can be computed again from the stored row.
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

/** Appends in a transaction of its own, for events that come with no other change. @throws the driver's error. */
export async function appendAuditNow(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  ...events: PlainEvent[]
): Promise<void> {
  await inTransaction(db, (tx) => appendAudit(tx, keyring, ...events));
}

/** Returns the text that a row's hash covers: all its columns and the previous hash. */
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
