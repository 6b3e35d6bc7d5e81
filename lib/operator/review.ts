import 'server-only';
import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import { appendCountedAuditNow } from '@/lib/audit/counted';
import type { Details, FieldSources } from '@/lib/customers/detail-fields';
import { readAcceptances, readVersion } from '@/lib/customers/history';
import { acceptDetails, type Return, type ReviewOutcome, returnDetails } from '@/lib/customers/review';
import { customers } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import type { LiveSession } from '@/lib/sessions/find';
import { readPeople, toShown } from './people';
import { may } from './permissions';
import { microsOf, timeOf } from './position';
import { COUNTED } from './queue-names';
import type { QueueLine } from './queues';
import { recordShown } from './read';

type Operator = Pick<LiveSession, 'userId' | 'role' | 'fresh'>;

/** Details that wait for review, as an operator sees them. */
export interface ReviewFile {
  userId: string;
  email: string;
  version: number;
  since: Date;
  details: Details;
  sources: FieldSources;
  /** The details that KunaCore has or will have; null for a first version. */
  accepted: Details | null;
  consentVersion: string;
  consentedAt: Date;
  acceptances: number;
  needed: number;
  /** The operator has accepted this version already. */
  byThisOperator: boolean;
  /** The details are the operator's own. */
  own: boolean;
}

/** Reads the details of a person that wait for review, and records that the operator sees them. @throws the driver's error. */
export async function readReviewFile(
  services: Services,
  operator: LiveSession,
  userId: string,
): Promise<ReviewFile | null> {
  const [row] = await services.db
    .select()
    .from(customers)
    .where(and(eq(customers.userId, userId), isWaiting));
  const waiting = row && (await readVersion(services, userId, row.detailsVersion));
  if (!waiting) return null;
  await recordShown(services, operator, { object: 'details-in-review', subject: userId });
  const accepted = row.acceptedVersion ? await readVersion(services, userId, row.acceptedVersion) : null;
  const actors = await readAcceptances(services, userId, waiting.version);
  const { email, version, details, sources, consentVersion, consentedAt } = waiting;
  return {
    ...{ userId, email, version, details, sources, consentVersion, consentedAt },
    since: row.reviewSince ?? consentedAt,
    accepted: accepted?.details ?? null,
    acceptances: actors.length,
    needed: Math.max(waiting.reviewers, services.kyc.reviewers),
    byThisOperator: actors.includes(`operator:${operator.userId}`),
    own: operator.userId === userId,
  };
}

/** The reasons to reject a review before it begins. */
export type ReviewRefusal = 'sign-in-again';

/**
 * Accepts or returns details for an operator. Requires the permission, which the action checks, and a sign-in within
 * FRESH_MINUTES, like every action of an operator.
 * @param why null to accept. @throws the driver's error when the review could not be stored.
 */
export async function performReview(
  services: Services,
  operator: Operator,
  { userId, version }: { userId: string; version: number },
  why: Return | null,
): Promise<ReviewOutcome | ReviewRefusal> {
  if (!may(operator.role, 'review')) throw new Error('Not permitted');
  if (!operator.fresh) return 'sign-in-again';
  const reviewed = { operatorId: operator.userId, userId, version };
  const outcome = why ? await returnDetails(services, reviewed, why) : await acceptDetails(services, reviewed);
  if (outcome === 'self') {
    const actor = `operator:${operator.userId}` as const;
    const facts = { resource: 'review' };
    await appendCountedAuditNow(services, { event: 'authz_fail', actor, subject: userId, facts });
  }
  return outcome;
}

const isWaiting = eq(customers.review, 'waiting');

const PAGE = 50;

/**
 * Returns a page of the people whose details wait for review, the longest wait first, and the place of the next page.
 * @param after the place of this page, as the page before returned it. @throws the driver's error.
 */
export async function listWaiting(
  services: Pick<Services, 'db' | 'keyring'>,
  after: string | null,
): Promise<{ lines: QueueLine[]; next: string | null }> {
  const rows = await services.db
    .select({ userId: customers.userId, since: customers.reviewSince, micros: microsOf(customers.reviewSince) })
    .from(customers)
    .where(and(isWaiting, after ? isBehind(after) : undefined))
    .orderBy(asc(customers.reviewSince), asc(customers.userId))
    .limit(PAGE + 1);
  const shown = new Map(rows.slice(0, PAGE).map(({ userId, since }) => [userId, since ?? new Date(0)]));
  const people = await readPeople(services, [...shown.keys()]);
  const lines = people.map((one) => ({
    ...toShown(one),
    matter: 'in-review' as const,
    since: shown.get(one.userId) ?? new Date(0),
  }));
  const last = rows.length > PAGE ? rows[PAGE - 1] : undefined;
  return { lines, next: last ? `${last.micros}_${last.userId}` : null };
}

function isBehind(place: string): SQL {
  const [micros = '', id] = place.split('_');
  return sql`(${customers.reviewSince}, ${customers.userId}) > (${timeOf(micros)}, ${id}::uuid)`;
}

/** Counts the people whose details wait for review, at most one more than COUNTED. @throws the driver's error. */
export function countWaiting({ db }: Pick<Services, 'db'>): Promise<number> {
  // Ordered as the index is, so that it is used.
  const waiting = db
    .select({ userId: customers.userId })
    .from(customers)
    .where(isWaiting)
    .orderBy(asc(customers.reviewSince))
    .limit(COUNTED + 1);
  return db.$count(sql`(${waiting}) as waiting`);
}
