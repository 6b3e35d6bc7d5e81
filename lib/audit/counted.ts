import 'server-only';
import { inArray, lte, sql } from 'drizzle-orm';
import type { Keyring } from '@/lib/crypto/keyring';
import type { Database } from '@/lib/db/client';
import { rateLimits } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';
import { appendAny } from './append';
import { AUDIT_BOUNDS, type CountedEvent } from './bounds';

/** Limits how many windows one transaction closes. */
const SWEEP = 5_000;

/**
 * Records an event that customers or strangers can cause without limit. Appends the first ones of an actor, subject
 * and kind in a window. Counts the rest; `closeWindows` appends one row with their number.
 * A counted repetition is one statement, and nothing of the audit log.
 * @returns whether it was appended. @throws the driver's error.
 */
export async function appendCountedAudit(tx: Database, keyring: Keyring, event: CountedEvent): Promise<boolean> {
  const { rows, seconds } = AUDIT_BOUNDS[event.event].counted;
  const [row] = await tx
    .insert(rateLimits)
    .values({ key: keyOf(keyring, event), used: 1, until: sql`now() + make_interval(secs => ${seconds})`, event })
    .onConflictDoUpdate({ target: rateLimits.key, set: { used: sql`${rateLimits.used} + 1` } })
    .returning({ used: rateLimits.used });
  if (row && row.used > rows) return false;
  await appendAny(tx, keyring, event);
  return true;
}

/** Records the event in a transaction of its own. */
export async function appendCountedAuditNow(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  event: CountedEvent,
): Promise<boolean> {
  return inTransaction(db, (tx) => appendCountedAudit(tx, keyring, event));
}

/**
 * Deletes windows that have ended, including those of rate limits. Appends a row for each counted event.
 * @returns whether there may be more. @throws the driver's error.
 */
export async function closeWindows({ db, keyring }: Pick<Services, 'db' | 'keyring'>): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    // Rows locked by another instance are closed there.
    const over = tx
      .select({ key: rateLimits.key })
      .from(rateLimits)
      .where(lte(rateLimits.until, sql`now()`))
      .limit(SWEEP)
      .for('update', { skipLocked: true });
    const closed = await tx.delete(rateLimits).where(inArray(rateLimits.key, over)).returning();
    const counted = closed.flatMap(({ event, used }) => (event ? [{ event: event as CountedEvent, used }] : []));
    await appendAny(tx, keyring, ...counted.flatMap(({ event, used }) => summaryOf(event, used)));
    return closed.length === SWEEP;
  });
}

function summaryOf(event: CountedEvent, used: number): CountedEvent[] {
  const times = used - AUDIT_BOUNDS[event.event].counted.rows;
  return times > 0 ? [{ ...event, facts: { ...event.facts, times } } as CountedEvent] : [];
}

/** Returns the same key for events of the same kind. Text in the facts counts, numbers do not. */
function keyOf(keyring: Keyring, { event, actor, subject, facts }: CountedEvent): string {
  const texts = Object.entries(facts).filter(([, value]) => typeof value === 'string');
  return keyring.index(JSON.stringify([event, actor, subject ?? null, texts.sort()]), 'rate_limits.audit');
}
