import 'server-only';
import { sql } from 'drizzle-orm';
import { appendCountedAuditNow } from '@/lib/audit/counted';
import { rateLimits } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { RATE_LIMITS, type RateLimit } from './limits';

/** The result of a count: allowed, or rejected with the seconds to wait. */
export type Use = { allowed: true } | { allowed: false; retryInSeconds: number };

/**
 * Counts one try of `who` in one statement by the database's clock, for all instances together. The window starts with
 * its first try. (ASVS 5.0 2.4.1, 6.3.1)
 * @param who an account id, a client address or an e-mail address; stored as a keyed hash.
 * @throws the driver's error.
 */
export async function countTry(
  services: Pick<Services, 'db' | 'keyring' | 'log'>,
  limit: RateLimit,
  who: string,
): Promise<Use> {
  const { db, keyring, log } = services;
  const { uses, seconds } = RATE_LIMITS[limit];
  const over = sql`${rateLimits.until} <= now()`;
  const until = sql`now() + make_interval(secs => ${seconds})`;
  const [row] = await db
    .insert(rateLimits)
    .values({ key: keyring.index(who, `rate_limits.${limit}`), used: 1, until })
    .onConflictDoUpdate({
      target: rateLimits.key,
      set: {
        used: sql`case when ${over} then 1 else ${rateLimits.used} + 1 end`,
        until: sql`case when ${over} then ${until} else ${rateLimits.until} end`,
      },
    })
    .returning({
      used: rateLimits.used,
      wait: sql<number>`ceil(extract(epoch from ${rateLimits.until} - now()))::int`,
    });
  if (!row || row.used <= uses) return { allowed: true };
  // Recorded once per window. The audit log also limits the rows for all addresses or mailboxes together.
  if (row.used === uses + 1) {
    const actor = limit.endsWith('-account') ? (`user:${who}` as const) : 'system';
    const excess = { event: 'excess_rate_limit_exceeded', actor, facts: { limit } } as const;
    if (await appendCountedAuditNow(services, excess)) log.warn({ event: 'rate_limit_reached', limit });
  }
  return { allowed: false, retryInSeconds: Math.max(1, Number(row.wait)) };
}
