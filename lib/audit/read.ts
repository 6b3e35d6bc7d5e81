import 'server-only';
import { and, asc, desc, eq, gt, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import type { Database } from '@/lib/db/client';
import { auditEvents } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import type { Anchor } from './anchors';

/** A row of the audit log. `seq` is null until the row is sealed. */
export type AuditLine = Omit<typeof auditEvents.$inferSelect, 'mac' | 'kid' | 'hash'>;

/** The number of rows of a page. */
export const AUDIT_PAGE = 100;

/**
 * Returns the newest rows of the audit log, sealed or not.
 * @param before returns only rows older than the row of this id. @param subject returns only rows about this user.
 * @throws the driver's error.
 */
export async function readAuditLog(
  { db }: Pick<Services, 'db'>,
  { before, subject, limit = AUDIT_PAGE }: { before?: number | null; subject?: string | null; limit?: number } = {},
): Promise<AuditLine[]> {
  const { id, seq, at, event, actor, subject: about, facts, requestId } = auditEvents;
  return db
    .select({ id, seq, at, event, actor, subject: about, facts, requestId })
    .from(auditEvents)
    .where(and(before ? lt(id, before) : undefined, subject ? eq(about, subject) : undefined))
    .orderBy(desc(id))
    .limit(limit);
}

/** Returns committed events that wait to be sealed, by id. Costs what waits: an index holds these rows only. */
export function readUnsealed(db: Database, limit: number, after: number | null = null) {
  return db
    .select()
    .from(auditEvents)
    .where(and(isNull(auditEvents.seq), after === null ? undefined : gt(auditEvents.id, after)))
    .orderBy(asc(auditEvents.id))
    .limit(limit);
}

/** Counting stops here: more than this is as bad. */
const MOST_UNSEALED = 1_000;

/** Counts committed events that wait to be sealed. @throws the driver's error. */
export async function countUnsealed({ db }: Pick<Services, 'db'>): Promise<number> {
  const unsealed = db.select({ id: auditEvents.id }).from(auditEvents).where(isNull(auditEvents.seq));
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(unsealed.limit(MOST_UNSEALED).as('unsealed'));
  return row?.count ?? 0;
}

/** Returns the head of the chain, or null while no event is sealed. */
export async function auditHead({ db }: Pick<Services, 'db'>): Promise<Anchor | null> {
  const [last] = await db
    .select({ seq: auditEvents.seq, hash: auditEvents.hash })
    .from(auditEvents)
    .where(isNotNull(auditEvents.seq))
    .orderBy(desc(auditEvents.seq))
    .limit(1);
  return last ? { seq: last.seq ?? 0, hash: last.hash ?? '' } : null;
}
