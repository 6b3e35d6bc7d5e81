import 'server-only';
import { inArray, lte, sql } from 'drizzle-orm';
import type { Keyring } from '@/lib/crypto/keyring';
import type { Database } from '@/lib/db/client';
import { rateLimits } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';
import { appendAny } from './append';
import { AUDIT_BOUNDS, type CountedEvent } from './bounds';

/** Windows that one sweep closes; the next sweep comes two seconds later. */
const SWEEP = 5_000;

/**
 * Records an event that customers or strangers can cause as often as they like. The first ones of an actor, subject
 * and kind in a window are appended; the rest is counted, and `closeWindows` appends one row that says how often.
 * A refused request costs one statement on a row of its own then, and waits for nobody else's appendAny.
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

/** The same as a transaction of its own. */
export async function appendCountedAuditNow(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  event: CountedEvent,
): Promise<boolean> {
  return inTransaction(db, (tx) => appendCountedAudit(tx, keyring, event));
}

/**
 * Forgets windows that are over, those of limits too, and appends a row for each event that was counted in one.
 * @throws the driver's error.
 */
export async function closeWindows({ db, keyring }: Pick<Services, 'db' | 'keyring'>): Promise<void> {
  await inTransaction(db, async (tx) => {
    // Another instance closes those that it holds.
    const over = tx
      .select({ key: rateLimits.key })
      .from(rateLimits)
      .where(lte(rateLimits.until, sql`now()`))
      .limit(SWEEP)
      .for('update', { skipLocked: true });
    const closed = await tx.delete(rateLimits).where(inArray(rateLimits.key, over)).returning();
    const counted = closed.flatMap(({ event, used }) => (event ? [{ event: event as CountedEvent, used }] : []));
    await appendAny(tx, keyring, ...counted.flatMap(({ event, used }) => summaryOf(event, used)));
  });
}

function summaryOf(event: CountedEvent, used: number): CountedEvent[] {
  const times = used - AUDIT_BOUNDS[event.event].counted.rows;
  return times > 0 ? [{ ...event, facts: { ...event.facts, times } } as CountedEvent] : [];
}

/** Equal for equal kinds: words of the facts count, numbers do not. */
function keyOf(keyring: Keyring, { event, actor, subject, facts }: CountedEvent): string {
  const words = Object.entries(facts).filter(([, value]) => typeof value === 'string');
  return keyring.index(JSON.stringify([event, actor, subject ?? null, words.sort()]), 'rate_limits.audit');
}
