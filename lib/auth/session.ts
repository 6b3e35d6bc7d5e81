import 'server-only';
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { cookies } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { recordCountedAlone } from '../audit/counted';
import { config } from '../config';
import { DatabaseUnavailable } from '../db/database';
import { sessions, users } from '../db/schema';
import { describeError, log } from '../log';
import { type Services, services } from '../services';
import { readEmail } from '../users/email';
import { hashSessionToken } from './adapter';
import { FRESH_MINUTES } from './authentication';
import { boundSessions } from './bound-rows';
import { sessionCookieName } from './cookies';
import { type Role, roleOf } from './role';

/** A live session and whose it is. All ids that choose data come from here, never from the browser. */
export interface LiveSession {
  id: string;
  userId: string;
  /** Empty when it can no longer be decrypted. */
  email: string;
  role: Role;
  /** The person proved who they are not longer ago than what an operator changes asks for (ASVS 5.0 7.5.3). */
  fresh: boolean;
  /** What the person chose in their account, if anything (lib/preferences). */
  language: string | null;
  /** Sealed prefill claims of the identity provider; lib/customers/prefill.ts opens them. */
  claimsSealed: string | null;
  expiresAt: Date;
}

/**
 * The live session behind a cookie's value, by the database's clock. Null means signed out.
 * @throws DatabaseUnavailable when that cannot be known: the caller answers 503 and leaves the cookie alone.
 */
export async function findSession(
  getServices: () => Promise<Pick<Services, 'db' | 'keyring' | 'limits'>>,
  sessionToken: string | undefined,
): Promise<LiveSession | null> {
  if (!sessionToken) return null;
  try {
    const { db, keyring, limits } = await getServices();
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
    // A row that was changed past the portal is nobody's session.
    if (!row || !boundSessions.isIntact(keyring, row.session)) return null;
    const { id, userId, role, provider, expiresAt } = row.session;
    const email = readEmail(keyring, { id: userId, email: row.sealedEmail });
    if (email === null) log().error({ event: 'address_cannot_be_opened', userId });
    // Who has become an operator, or is one no more, signs in again (ASVS 5.0 8.3.2).
    if (roleOf(email, provider, config()) !== role) return null;
    const { language, claimsSealed, fresh } = row;
    return { id, userId, email: email ?? '', role, fresh, language, claimsSealed, expiresAt };
  } catch (error) {
    if (error instanceof DatabaseUnavailable) throw error;
    log().error({ event: 'session_check_failed', error: describeError(error) });
    throw new DatabaseUnavailable();
  }
}

/** Notes that the person is there, at most once a minute: idle expiry counts from it. */
export async function touchSession({ db }: Pick<Services, 'db'>, sessionId: string): Promise<void> {
  await db
    .update(sessions)
    .set({ lastSeenAt: sql`now()` })
    .where(and(eq(sessions.id, sessionId), sql`${sessions.lastSeenAt} < now() - interval '1 minute'`));
}

/** Who is asking, without counting as activity. @throws DatabaseUnavailable */
export const peekSession = cache(async (): Promise<LiveSession | null> => {
  const token = (await cookies()).get(sessionCookieName(config().secure))?.value;
  return findSession(services, token);
});

/** Who is asking, once per request. Null means signed out. @throws DatabaseUnavailable */
export async function currentSession(): Promise<LiveSession | null> {
  const session = await peekSession();
  if (session) await touchSession(await services(), session.id).catch(() => {});
  return session;
}

/**
 * The guard at the top of every page under /account.
 * @param path where to come back to after signing in; one of our own paths.
 * @throws DatabaseUnavailable; redirects to /sign-in when signed out.
 */
export async function requireUser(path: string): Promise<LiveSession> {
  const session = await currentSession();
  if (!session) redirect(signInPath(path));
  return session;
}

/**
 * The guard at the top of every page under /operator. Whoever is no operator learns nothing, not even that it is there.
 * @throws DatabaseUnavailable; redirects to /sign-in when signed out; not found for customers.
 */
export async function requireOperator(path: string): Promise<LiveSession> {
  const session = await requireUser(path);
  if (session.role === 'operator') return session;
  await noteRefusal(session.userId, 'operator');
  notFound();
}

/**
 * Records that a signed-in person reached for what is not theirs (OWASP logging vocabulary: authz_fail): one line a
 * window, the rest is counted. Never fails.
 */
export async function noteRefusal(userId: string, resource: 'operator'): Promise<void> {
  try {
    const actor = `user:${userId}` as const;
    const refused = { event: 'authz_fail', actor, subject: userId, facts: { resource } } as const;
    if (await recordCountedAlone(await services(), refused)) log().warn({ event: 'authz_fail', userId, resource });
  } catch (error) {
    log().error({ event: 'audit_failed', error: describeError(error) });
  }
}

/** `/sign-in` that leads back to `path` afterwards. */
export function signInPath(path: string): string {
  return `/sign-in?${new URLSearchParams({ callbackUrl: path })}`;
}

/** `/sign-in` for somebody who is signed in, for whom that was too long ago. Leads back to `path`. */
export function signInAgainPath(path: string): string {
  return `${signInPath(path)}&again`;
}
