import 'server-only';
import { isDeepStrictEqual } from 'node:util';
import { and, eq, isNull, lt, lte, or, sql } from 'drizzle-orm';
import { SealError } from '@/lib/crypto/keyring';
import { DetailsMoved, hasAgreed, readDetails, type StoredDetails, storeDetails } from '@/lib/customers/details';
import { details } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { readKycUser, verifiedOf } from './look-up';
import type { KycFields, KycSource } from './source';

// The source is asked again for people who use the portal: a sign-in makes it due once the last answer is too old, and
// the server asks in the background. Customers who do not come cost the institution nothing.

/** Limits the calls at the same time, and those of one round. */
const PARALLEL = 4;
const BATCH = 200;
/** The pause before a person is asked about again whose answer was lost. */
const RETRY_MINUTES = 15;

/** Makes it due to ask the source again, if its last answer is older than this. @throws the driver's error. */
export async function markRecheck({ db }: Pick<Services, 'db'>, userId: string, maxAgeHours: number): Promise<void> {
  const tooOld = lt(details.checkedAt, sql`now() - make_interval(hours => ${maxAgeHours})`);
  await db
    .update(details)
    .set({ recheckAt: sql`now()` })
    .where(and(eq(details.userId, userId), isNull(details.recheckAt), or(isNull(details.checkedAt), tooOld)));
}

/** The result of a round. */
export type RecheckRound = 'idle' | 'more' | 'unavailable';

/**
 * Asks the source about people for whom it is due, a few at the same time, and ends at the first one without an answer.
 * Several instances share the work. @throws the driver's error.
 */
export async function recheckSome(services: Services, source: KycSource, isOver = () => false): Promise<RecheckRound> {
  let left = BATCH;
  let result: RecheckRound = 'idle';
  const worker = async () => {
    while (left > 0 && result === 'idle' && !isOver()) {
      left -= 1;
      const userId = await takeNext(services);
      if (userId === null) return;
      if (!(await recheck(services, source, userId))) result = 'unavailable';
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return result === 'idle' && left === 0 ? 'more' : result;
}

/** Takes one person, and plans another attempt in case this process does not finish. */
async function takeNext({ db }: Services): Promise<string | null> {
  const next = db
    .select({ userId: details.userId })
    .from(details)
    .where(lte(details.recheckAt, sql`now()`))
    .orderBy(details.recheckAt)
    .limit(1)
    .for('no key update', { skipLocked: true });
  const [taken] = await db
    .update(details)
    .set({ recheckAt: sql`now() + make_interval(mins => ${RETRY_MINUTES})` })
    .where(sql`${details.userId} = (${next})`)
    .returning({ userId: details.userId });
  return taken?.userId ?? null;
}

/**
 * Asks about one person and stores what changed. Without an agreement to today's wording, or after a withdrawal, nothing may
 * be handed over, so that nothing is asked. @returns false when the source did not answer.
 */
async function recheck(services: Services, source: KycSource, userId: string): Promise<boolean> {
  try {
    const stored = await readDetails(services, userId);
    if (stored && hasAgreed(stored)) {
      const user = await readKycUser(services, userId);
      if (!user) return true;
      const finding = await source.find(user);
      if (finding.state === 'unavailable') return false;
      if ('fields' in finding) await storeChange(services, userId, stored, finding.fields);
    }
  } catch (error) {
    if (error instanceof DetailsMoved) return true; // a later round compares with what the person has saved meanwhile
    if (!(error instanceof SealError)) throw error;
    services.log.error({ event: 'details_cannot_be_opened', userId });
  }
  await services.db.update(details).set({ recheckAt: null, checkedAt: sql`now()` }).where(eq(details.userId, userId));
  return true;
}

/** Stores verified fields that differ from the stored ones. A field that the source no longer has stays as it was. */
async function storeChange(services: Services, userId: string, stored: StoredDetails, fields: KycFields) {
  const { verified, sources } = verifiedOf(fields);
  const next = { details: { ...stored.details, ...verified }, sources: { ...stored.sources, ...sources } };
  const isSame = isDeepStrictEqual(next, { details: stored.details, sources: stored.sources });
  if (isSame) return;
  await storeDetails(services, userId, next.details, { sources: next.sources, by: 'system', basedOn: stored.version });
  services.wake();
}
