import 'server-only';
import { cookies } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { appendCountedAuditNow } from '@/lib/audit/counted';
import { config } from '@/lib/config/config';
import { describeError, log } from '@/lib/log/log';
import { getServices } from '@/lib/services';
import { cannotTell, findSession, type LiveSession, touchSession } from '@/lib/sessions/find';
import { sessionCookieName } from './cookies';

/** Who is asking, without counting as activity. @throws DatabaseUnavailable */
export const peekSession = cache(async (): Promise<LiveSession | null> => {
  return sessionOf((await cookies()).get(sessionCookieName(config().secure))?.value);
});

/** Finds the session of a cookie. Without a cookie the database is not needed. @throws DatabaseUnavailable */
export async function sessionOf(token: string | undefined): Promise<LiveSession | null> {
  return token ? findSession(await getServices().catch(cannotTell), token) : null;
}

/** Who is asking, once per request. Null means signed out. @throws DatabaseUnavailable */
export async function currentSession(): Promise<LiveSession | null> {
  const session = await peekSession();
  if (session) await touchSession(await getServices(), session.id).catch(() => {});
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
  await recordRefusal(session.userId, 'operator');
  notFound();
}

/**
 * Records that a signed-in person reached for what is not theirs (OWASP logging vocabulary: authz_fail): one line a
 * window, the rest is counted. Never fails.
 */
export async function recordRefusal(userId: string, resource: 'operator'): Promise<void> {
  try {
    const actor = `user:${userId}` as const;
    const refused = { event: 'authz_fail', actor, subject: userId, facts: { resource } } as const;
    if (await appendCountedAuditNow(await getServices(), refused))
      log().warn({ event: 'authz_fail', userId, resource });
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
