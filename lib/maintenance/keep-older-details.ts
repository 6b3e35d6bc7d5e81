import 'server-only';
import { and, asc, eq, gt, isNull } from 'drizzle-orm';
import { appendAuditNow } from '@/lib/audit/append';
import { SealError } from '@/lib/crypto/keyring';
import { readDetails } from '@/lib/customers/details';
import { appendHistory, readClock } from '@/lib/customers/history';
import { auditEvents, details, users } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { openEmail } from '@/lib/users/email-columns';

type UsedServices = Pick<Services, 'db' | 'keyring'>;

const BATCH = 100;

/**
 * Copies the details of versions before 0012_review_and_history.sql into the history, once for each database. They were
 * handed over, or were about to be, without a review. Afterwards, a version that is not in the history was inserted
 * without the portal and is never sent.
 */
export async function keepOlderDetails(services: UsedServices): Promise<void> {
  const isDone = eq(auditEvents.event, 'sys_details_kept');
  const [done] = await services.db.select({ id: auditEvents.id }).from(auditEvents).where(isDone).limit(1);
  if (done) return;
  let kept = 0;
  for (let last: string | null = ''; last !== null; ) {
    const people = await nextPeople(services, last);
    for (const person of people) if (await keep(services, person)) kept += 1;
    last = people.length < BATCH ? null : (people.at(-1)?.id ?? null);
  }
  await appendAuditNow(services, { event: 'sys_details_kept', actor: 'system', facts: { details: kept } });
}

function nextPeople({ db }: UsedServices, last: string) {
  return db
    .select({ id: users.id, email: users.email })
    .from(users)
    .innerJoin(details, eq(details.userId, users.id))
    .where(and(isNull(users.deletedAt), last ? gt(users.id, last) : undefined))
    .orderBy(asc(users.id))
    .limit(BATCH);
}

/** @returns false for a person whose data no key opens: nothing of it can be sent either. */
async function keep(services: UsedServices, person: { id: string; email: string }): Promise<boolean> {
  try {
    const email = openEmail(services.keyring, person);
    const stored = await readDetails(services, person.id);
    if (!stored) return false;
    const content = { email, details: stored.details, sources: stored.sources };
    const actor = `user:${person.id}` as const;
    const at = await readClock(services.db);
    await appendHistory(
      services,
      { ...stored, userId: person.id, reviewers: 0 },
      { kind: 'stored', actor, at, content },
    );
    return true;
  } catch (error) {
    if (error instanceof SealError) return false;
    throw error;
  }
}
