import 'server-only';
import { and, desc, eq, inArray, not, sql } from 'drizzle-orm';
import type { AuditEvent } from '@/lib/audit/events';
import type { AuditLine } from '@/lib/audit/read';
import { auditEvents } from '@/lib/db/schema';
import type { Services } from '@/lib/services';

/** The kinds of events that a customer's timeline can be filtered by. */
export const STORY_KINDS = ['sign-ins', 'details', 'purchases', 'colleagues'] as const;
export type StoryKind = (typeof STORY_KINDS)[number];

/** The kind of every event. A new event without one does not compile. */
const KIND_OF = {
  sys_startup: 'details',
  sys_rows_bound: 'details',
  sys_details_kept: 'details',
  sys_history_deleted: 'details',
  user_created: 'sign-ins',
  user_updated: 'details',
  user_reported_wrong: 'details',
  user_deleted: 'details',
  session_created: 'sign-ins',
  session_expired: 'sign-ins',
  authn_login_fail: 'sign-ins',
  authn_login_lock: 'colleagues',
  authn_token_created: 'purchases',
  authn_token_revoked: 'purchases',
  authz_fail: 'sign-ins',
  authz_change: 'colleagues',
  sensitive_read: 'colleagues',
  sensitive_update: 'details',
  excess_rate_limit_exceeded: 'sign-ins',
} as const satisfies Record<AuditEvent['event'], StoryKind>;

export type EventName = keyof typeof KIND_OF;

/** A line of a customer's timeline. */
export type StoryLine = AuditLine & { event: EventName };

/** A customer's timeline, without the views of operators, which are counted instead. */
export interface Story {
  lines: StoryLine[];
  views: { times: number; colleagues: number };
}

/** The lines on a customer's page. */
export const STORY_LINES = 50;

const isView = and(eq(auditEvents.event, 'sensitive_read'), sql`${auditEvents.facts} ->> 'object' = 'customer'`);

/** Returns the newest events about a customer, of one kind or of all. @throws the driver's error. */
export async function readStory(
  { db }: Pick<Services, 'db'>,
  userId: string,
  { kind, limit = STORY_LINES }: { kind?: StoryKind; limit?: number } = {},
): Promise<Story> {
  const { id, seq, at, event, actor, subject, facts, requestId } = auditEvents;
  const names = Object.entries(KIND_OF).flatMap(([name, of]) => (!kind || of === kind ? [name] : []));
  const about = eq(subject, userId);
  const lines = await db
    .select({ id, seq, at, event, actor, subject, facts, requestId })
    .from(auditEvents)
    .where(and(about, inArray(event, names), not(isView ?? sql`false`)))
    .orderBy(desc(id))
    .limit(limit);
  const [views] = await db
    .select({
      times: sql<string>`count(*)`.mapWith(Number),
      colleagues: sql<string>`count(distinct ${actor})`.mapWith(Number),
    })
    .from(auditEvents)
    .where(and(about, isView));
  return { lines: lines as StoryLine[], views: views ?? { times: 0, colleagues: 0 } };
}

/** Returns the ids of the operators who acted in these lines. */
export function operatorsIn(lines: Pick<AuditLine, 'actor'>[]): string[] {
  const ids = lines.flatMap(({ actor }) => (actor.startsWith('operator:') ? [actor.slice('operator:'.length)] : []));
  return [...new Set(ids)];
}
