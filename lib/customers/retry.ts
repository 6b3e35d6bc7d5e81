import 'server-only';
import { eq, sql } from 'drizzle-orm';
import type { authorisations, customers } from '@/lib/db/schema';
import { RejectedError } from '@/lib/kunacore/errors';
import type { Services } from '@/lib/services';

const FIRST_MS = 500;
const LONGEST_MS = 5 * 60_000;
const LONGEST_ASKED_MS = 60_000;

/** Pause before the next attempt: 0.5 s doubling to 5 min, with jitter from 50 to 100 %. */
export function backoffMs(attempts: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts, 20));
  return Math.round(full * (0.5 + random() / 2));
}

/**
 * Notes a failed attempt and when the next one is due, by the database's clock: not before KunaCore's own Retry-After,
 * of which a minute is obeyed at most.
 */
export async function postpone(
  { db }: Pick<Services, 'db'>,
  table: typeof customers | typeof authorisations,
  userId: string,
  attempts: number,
  error?: unknown,
): Promise<void> {
  const pause = Math.max(backoffMs(attempts), askedFor(error));
  await db
    .update(table)
    .set({ attempts: attempts + 1, nextAttemptAt: sql`now() + make_interval(secs => ${pause / 1000})` })
    .where(eq(table.userId, userId));
}

function askedFor(error: unknown): number {
  return error instanceof RejectedError ? Math.min(LONGEST_ASKED_MS, error.retryAfter ?? 0) : 0;
}
