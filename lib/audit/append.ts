import 'server-only';
import { sql } from 'drizzle-orm';
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
  const requestId = currentRequest()?.requestId ?? null;
  const numbered = await nextNumbers(tx, events.length);
  const rows = numbered.flatMap(({ id, at }, index) => {
    const given = events[index];
    if (!given) return [];
    const { event, actor, subject = null, facts } = given;
    const row: AuditContents = { id, at, event, actor, subject, facts: withoutGaps(facts), requestId };
    return [{ ...row, mac: macOf(keyring, row) }];
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

function withoutGaps(facts: AuditEvent['facts']): AuditContents['facts'] {
  return Object.fromEntries(Object.entries(facts ?? {}).filter(([, value]) => value !== undefined));
}

/** Returns new ids with the time of the database, one clock for all instances, in the milliseconds that MACs cover. */
async function nextNumbers(tx: Database, count: number): Promise<{ id: number; at: Date }[]> {
  const found = await tx.execute(
    sql`select nextval('audit_event_ids')::text as id, (extract(epoch from clock_timestamp()) * 1000)::bigint::text as at
      from generate_series(1, ${count}::int)`,
  );
  const { rows } = found as unknown as { rows: { id: string; at: string }[] };
  return rows.map(({ id, at }) => ({ id: Number(id), at: new Date(Number(at)) }));
}
