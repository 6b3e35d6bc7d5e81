import 'server-only';
import { and, desc, eq, lt } from 'drizzle-orm';
import { auditEvents } from '@/lib/db/schema';
import type { Services } from '@/lib/services';

/** A line of the trail. */
export type AuditLine = Omit<typeof auditEvents.$inferSelect, 'kid' | 'hash'>;

const PAGE = 100;

/**
 * The newest lines of the trail.
 * @param before only older ones than this number. @param subject only about this user.
 * @throws the driver's error.
 */
export async function readAuditLog(
  { db }: Pick<Services, 'db'>,
  { before, subject, limit = PAGE }: { before?: number | null; subject?: string | null; limit?: number } = {},
): Promise<AuditLine[]> {
  const { seq, at, event, actor, subject: about, facts, requestId } = auditEvents;
  return db
    .select({ seq, at, event, actor, subject: about, facts, requestId })
    .from(auditEvents)
    .where(and(before ? lt(seq, before) : undefined, subject ? eq(about, subject) : undefined))
    .orderBy(desc(seq))
    .limit(limit);
}
