import 'server-only';
import { eq, sql } from 'drizzle-orm';
import { rateLimits } from '../db/schema';
import type { Services } from '../services';

/** How long a count without news is kept: the first report after a quiet day begins at one again. */
const FORGOTTEN_AFTER_SECONDS = 24 * 60 * 60;

/**
 * Counts something that strangers can cause as often as they like, so that reports of it stay few.
 * @param what names the thing; stored as a keyed hash. @param windowSeconds the shortest time between two reports.
 * @returns null within a window that was reported, else how often it happened since the last report, this time included.
 * @throws the driver's error.
 */
export async function countOccurrence(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  what: string,
  windowSeconds: number,
): Promise<number | null> {
  const total = keyring.index(what, 'rate_limits.occurrences');
  const window = keyring.index(what, 'rate_limits.reports');
  const add = async (key: string, seconds: number, until = sql`excluded.until`) => {
    const over = sql`${rateLimits.until} <= now()`;
    const [row] = await db
      .insert(rateLimits)
      .values({ key, used: 1, until: sql`now() + make_interval(secs => ${seconds})` })
      .onConflictDoUpdate({
        target: rateLimits.key,
        set: { used: sql`case when ${over} then 1 else ${rateLimits.used} + 1 end`, until },
      })
      .returning({ used: rateLimits.used });
    return row?.used ?? 1;
  };
  await add(total, FORGOTTEN_AFTER_SECONDS);
  const unlessOver = sql`case when ${rateLimits.until} <= now() then excluded.until else ${rateLimits.until} end`;
  if ((await add(window, windowSeconds, unlessOver)) > 1) return null;
  const [counted] = await db.delete(rateLimits).where(eq(rateLimits.key, total)).returning({ used: rateLimits.used });
  return counted?.used ?? 1;
}
