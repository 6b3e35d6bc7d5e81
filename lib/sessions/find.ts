import 'server-only';
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { config } from '@/lib/config/config';
import { sessions, users } from '@/lib/db/schema';
import { DatabaseUnavailable } from '@/lib/db/unavailable';
import { describeError, log } from '@/lib/log/log';
import type { Services } from '@/lib/services';
import { readEmail } from '@/lib/users/email-columns';
import { FRESH_MINUTES } from './authentication';
import { boundSessions } from './bound-rows';
import { type Role, roleOf } from './role';
import { hashSessionToken } from './token-hash';

/** A live session and its owner. All ids that select data come from here, never from the browser. */
export interface LiveSession {
  id: string;
  userId: string;
  /** Empty when it can no longer be decrypted. */
  email: string;
  role: Role;
  /** The last authentication is recent enough for an operator's changes (ASVS 5.0 7.5.3). */
  fresh: boolean;
  /** The language chosen in the account (lib/preferences). */
  language: string | null;
  /** Sealed prefill claims of the identity provider; lib/customers/prefill.ts opens them. */
  claimsSealed: string | null;
  expiresAt: Date;
}

/**
 * Returns the live session of a cookie's value, by the database's clock, or null when signed out.
 * @throws DatabaseUnavailable when the database fails: respond with 503 and keep the cookie.
 */
export async function findSession(
  { db, keyring, limits }: Pick<Services, 'db' | 'keyring' | 'limits'>,
  sessionToken: string | undefined,
): Promise<LiveSession | null> {
  if (!sessionToken) return null;
  try {
    const idleSince = sql`now() - make_interval(mins => ${limits.idleMinutes})`;
    const [row] = await db
      .select({
        session: sessions,
        sealedEmail: users.email,
        fresh: sql<boolean>`${sessions.authenticatedAt} > now() - make_interval(mins => ${FRESH_MINUTES})`,
        language: users.language,
        claimsSealed: users.claimsSealed,
      })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(
        and(
          eq(sessions.tokenHash, hashSessionToken(sessionToken)),
          gt(sessions.expiresAt, sql`now()`),
          gt(sessions.lastSeenAt, idleSince),
          isNull(users.blockedAt),
          isNull(users.deletedAt),
        ),
      );
    // Rejects a row that was changed in the database without the portal.
    if (!row || !boundSessions.isIntact(keyring, row.session)) return null;
    const { id, userId, role, provider, expiresAt } = row.session;
    const email = readEmail(keyring, { id: userId, email: row.sealedEmail });
    if (email === null) log().error({ event: 'address_cannot_be_opened', userId });
    // A role change ends the session (ASVS 5.0 8.3.2).
    if (roleOf(email, provider, config()) !== role) return null;
    const { language, claimsSealed, fresh } = row;
    return { id, userId, email: email ?? '', role, fresh, language, claimsSealed, expiresAt };
  } catch (error) {
    return cannotTell(error);
  }
}

/** Rejects with DatabaseUnavailable, whatever failed: an error must never look like "signed out". */
export function cannotTell(error: unknown): never {
  if (error instanceof DatabaseUnavailable) throw error;
  log().error({ event: 'session_check_failed', error: describeError(error) });
  throw new DatabaseUnavailable();
}

/** Marks activity, at most once a minute. Idle expiry counts from it. */
export async function touchSession({ db }: Pick<Services, 'db'>, sessionId: string): Promise<void> {
  await db
    .update(sessions)
    .set({ lastSeenAt: sql`now()` })
    .where(and(eq(sessions.id, sessionId), sql`${sessions.lastSeenAt} < now() - interval '1 minute'`));
}
