import 'server-only';
import { and, desc, eq, lt } from 'drizzle-orm';
import { auditEvents } from '@/lib/db/schema';
import type { Services } from '@/lib/services';

/** A row of the audit log. */
export type AuditLine = Omit<typeof auditEvents.$inferSelect, 'kid' | 'hash'>;

const PAGE = 100;

/**
 * Returns the newest rows of the audit log.
 * @param before returns only rows older than this number. @param subject returns only rows about this user.
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
