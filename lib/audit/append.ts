import 'server-only';
import { type SQLWrapper, sql } from 'drizzle-orm';
import type { Keyring } from '@/lib/crypto/keyring';
import type { Database } from '@/lib/db/client';
import { auditEvents } from '@/lib/db/schema';
import { afterCommit, inTransaction } from '@/lib/db/transaction';
import { currentRequest } from '@/lib/request-context';
import type { Services } from '@/lib/services';
import type { PlainEvent } from './bounds';
import type { AuditEvent } from './events';
import { type AuditContents, macOf } from './signatures';
import { unsealedEvents } from './unsealed';

/**
 * Appends to the audit log in the transaction that makes the change. Both are stored or neither is.
 * `appendCountedAudit` (counted.ts) takes the events that need a bound.
 * (ASVS 5.0 16.2.1, 16.3.1-16.3.3, 16.4.2)
 * @throws the driver's error.
 */
export async function appendAudit(tx: Database, keyring: Keyring, ...events: PlainEvent[]): Promise<void> {
  await appendAny(tx, keyring, ...events);
}

/** Appends any event. Takes no lock: the events join the chain after the commit (seal.ts). */
export async function appendAny(tx: Database, keyring: Keyring, ...events: AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  const places = await nextPlaces(tx, events.length);
  const rows = places.flatMap((place, index) => {
    const event = events[index];
    return event ? [rowOf(keyring, event, place)] : [];
  });
  await tx.insert(auditEvents).values(rows);
  afterCommit(tx, () => unsealedEvents().committed(rows.map(({ id }) => id)));
}

/** Appends in a transaction of its own, for events that come with no other change. @throws the driver's error. */
export async function appendAuditNow(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  ...events: PlainEvent[]
): Promise<void> {
  await inTransaction(db, (tx) => appendAudit(tx, keyring, ...events));
}

/** What a later statement needs to append one event: its id, and the time that it is stored with. */
export interface Place {
  id: number;
  at: Date;
}

/** The columns of a statement that reserves the place of an event, by the clock and the numbers of the database. */
export const placeColumns = {
  /** One clock for all instances, in the milliseconds that MACs cover. */
  at: sql`(extract(epoch from clock_timestamp()) * 1000)::bigint::text`.mapWith((ms) => new Date(Number(ms))),
  id: sql`nextval('audit_event_ids')::text`.mapWith(Number),
};

/**
 * Appends an event in the one statement that makes the change, when it changes a row.
 * @param change an `update` that returns one row, or none.
 * @returns whether the change was made. @throws the driver's error.
 */
export async function appendAuditWith(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  change: SQLWrapper,
  event: PlainEvent,
  place: Place,
): Promise<boolean> {
  const { id, at, actor, subject, facts, requestId, mac } = rowOf(keyring, event, place);
  const appended = await db.execute(sql`
    with change as ${change}
    insert into audit_events (id, at, event, actor, subject, facts, request_id, mac)
    select ${id}::bigint, ${at.toISOString()}::timestamptz, ${event.event}, ${actor}, ${subject}::uuid,
      ${JSON.stringify(facts)}::jsonb, ${requestId}::uuid, ${mac} from change
    returning id`);
  const done = (appended as unknown as { rows: unknown[] }).rows.length > 0;
  if (done) unsealedEvents().committed([id]);
  return done;
}

function rowOf(keyring: Keyring, given: AuditEvent, { id, at }: Place): AuditContents & { mac: string } {
  const { event, actor, subject = null, facts } = given;
  const requestId = currentRequest()?.requestId ?? null;
  const row: AuditContents = { id, at, event, actor, subject, facts: withoutGaps(facts), requestId };
  return { ...row, mac: macOf(keyring, row) };
}

function withoutGaps(facts: AuditEvent['facts']): AuditContents['facts'] {
  return Object.fromEntries(Object.entries(facts ?? {}).filter(([, value]) => value !== undefined));
}

function nextPlaces(tx: Database, count: number): Promise<Place[]> {
  return tx.select(placeColumns).from(sql`generate_series(1, ${count}::int)`);
}
