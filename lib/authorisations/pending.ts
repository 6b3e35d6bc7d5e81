import 'server-only';
import { gt, sql } from 'drizzle-orm';
import { authorisations } from '@/lib/db/schema';
import type { Services } from '@/lib/services';

/** Ends that KunaCore has not carried out yet. */
export interface Pending {
  count: number;
  /** Seconds since the oldest of them was wanted; null when there is none. */
  oldestSeconds: number | null;
}

/** How many invalidations wait, and how long the oldest. @throws the driver's error. */
export async function pendingRevocations({ db }: Pick<Services, 'db'>): Promise<Pending> {
  const [row] = await db
    .select({
      count: sql<number>`count(*)::int`,
      oldestSeconds: sql<number | null>`floor(extract(epoch from now() - min(${authorisations.epochStartedAt})))::int`,
    })
    .from(authorisations)
    .where(gt(authorisations.epoch, authorisations.revokedEpoch));
  return { count: row?.count ?? 0, oldestSeconds: row?.oldestSeconds ?? null };
}
