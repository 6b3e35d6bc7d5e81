import 'server-only';
import { eq, sql } from 'drizzle-orm';
import type { authorisations, customers } from '@/lib/db/schema';
import { RejectedError } from '@/lib/kunacore/errors';
import type { Services } from '@/lib/services';

const FIRST_MS = 500;
const LONGEST_MS = 5 * 60_000;

/** Returns the pause before the next attempt: 0.5 s doubling to 5 min, with jitter from 50 to 100 %. */
export function backoffMs(attempts: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts, 20));
  return Math.round(full * (0.5 + random() / 2));
}

/**
 * Counts an attempt and schedules the next one, by the database's clock and not before KunaCore's Retry-After.
 * @throws the driver's error.
 */
export async function postpone(
  { db }: Pick<Services, 'db'>,
  table: typeof customers | typeof authorisations,
  userId: string,
  error?: unknown,
): Promise<void> {
  const [row] = await db.select({ attempts: table.attempts }).from(table).where(eq(table.userId, userId));
  const attempts = row?.attempts ?? 0;
  const requested = error instanceof RejectedError ? (error.retryAfter ?? 0) : 0;
  const pause = Math.max(backoffMs(attempts), requested);
  await db
    .update(table)
    .set({ attempts: attempts + 1, nextAttemptAt: sql`now() + make_interval(secs => ${pause / 1000})` })
    .where(eq(table.userId, userId));
}
