import 'server-only';
import { stringify } from 'csv-stringify/sync';
import { desc, isNull, sql } from 'drizzle-orm';
import { authorisations, customers, hasOpenWork, hasWalletWork, incidents } from '@/lib/db/schema';
import type { Services } from '@/lib/services';

type Used = Pick<Services, 'db'>;

export type Incident = typeof incidents.$inferSelect;

/** Counts no further, so that a long outage of many customers stays cheap to record. */
const MOST_COUNTED = 100_000;

/**
 * Records that KunaCore is unavailable: begins an incident, unless one is open, and raises its numbers to those of the
 * work that waits now. Instances record the same incident.
 * @throws the driver's error.
 */
export async function recordOutage({ db }: Used): Promise<void> {
  const revocations = db
    .select({ userId: authorisations.userId })
    .from(authorisations)
    .where(sql`${authorisations.epoch} > ${authorisations.revokedEpoch}`)
    .limit(MOST_COUNTED);
  // Who waits for Kuna's verification only is not affected.
  const isKept = sql`(${customers.state} = 'creating' or ${customers.sentVersion} < ${customers.acceptedVersion} or ${hasWalletWork(customers)})`;
  const people = db
    .select({ userId: customers.userId })
    .from(customers)
    .where(sql`${hasOpenWork(customers)} and ${isKept}`)
    .limit(MOST_COUNTED);
  await db.execute(sql`
    insert into ${incidents} (people_affected, revocations_delayed)
    select count(distinct waiting.user_id), count(*) filter (where waiting.revocation) from (
      select user_id, true as revocation from (${revocations}) revocations
      union all select user_id, false from (${people}) people) waiting
    on conflict ((true)) where ended_at is null do update set
      people_affected = greatest(${incidents.peopleAffected}, excluded.people_affected),
      revocations_delayed = greatest(${incidents.revocationsDelayed}, excluded.revocations_delayed)`);
}

/** Records that KunaCore is back. Changes nothing when no incident is open. @throws the driver's error. */
export async function recordRecovery({ db }: Used): Promise<void> {
  await db.update(incidents).set({ endedAt: sql`now()` }).where(isNull(incidents.endedAt));
}

/** Returns incidents, newest first. @throws the driver's error. */
export function listIncidents({ db }: Used, most: number): Promise<Incident[]> {
  return db.select().from(incidents).orderBy(desc(incidents.startedAt)).limit(most);
}

/** Converts incidents to CSV (RFC 4180), with times in UTC. */
export function incidentsCsv(list: Incident[]): string {
  const rows = list.map(({ startedAt, endedAt, peopleAffected, revocationsDelayed }) => [
    startedAt.toISOString(),
    endedAt?.toISOString() ?? '',
    peopleAffected,
    revocationsDelayed,
  ]);
  const heading = ['started_at', 'ended_at', 'people_affected', 'revocations_delayed'];
  return stringify([heading, ...rows], { record_delimiter: 'windows' });
}
