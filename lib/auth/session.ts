import 'server-only';
import { cookies } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { appendCountedAuditNow } from '@/lib/audit/counted';
import { config } from '@/lib/config/config';
import { isDatabaseUnavailable } from '@/lib/db/unavailable';
import { describeError, log } from '@/lib/log/log';
import { may, type Permission } from '@/lib/operator/permissions';
import { currentRequest } from '@/lib/request-context';
import { getServices } from '@/lib/services';
import { cannotTell, findSession, type LiveSession, touchSession } from '@/lib/sessions/find';
import { isOperator } from '@/lib/sessions/role';
import { singleton } from '@/lib/singleton';
import { sessionCookieName } from './cookies';

/** Returns the current session, or null when signed out. Does not count as activity. @throws DatabaseUnavailable */
export const peekSession = cache(async (): Promise<LiveSession | null> => {
  return sessionOf((await cookies()).get(sessionCookieName(config().secure))?.value);
});

/** Does the same for a layout. Null when the database fails, too: the page says so itself. */
export async function sessionForLayout(): Promise<LiveSession | null> {
  try {
    return await peekSession();
  } catch (error) {
    if (!isDatabaseUnavailable(error)) throw error;
    return null;
  }
}

/** Finds the session of a cookie. Without a cookie the database is not needed. @throws DatabaseUnavailable */
export async function sessionOf(token: string | undefined): Promise<LiveSession | null> {
  if (!token) return null;
  const known = foundEarly.get(currentRequest() ?? NO_REQUEST);
  return known?.token === token ? known.session : findSession(await getServices().catch(cannotTell), token);
}

/** What the early check of a request found, so that its page does not repeat the statement. */
const foundEarly = singleton(
  'sessions-found-early',
  () => new WeakMap<object, { token: string; session: LiveSession }>(),
);
const NO_REQUEST = {};

/** Keeps the session that an early check found for the page of the request. */
export function keepForPage(token: string | undefined, session: LiveSession): void {
  const request = currentRequest();
  if (request && token) foundEarly.set(request, { token, session });
}

/** Returns the current session, or null when signed out. Counts as activity. @throws DatabaseUnavailable */
export async function currentSession(): Promise<LiveSession | null> {
  const session = await peekSession();
  if (session) await touchSession(await getServices(), session).catch(() => {});
  return session;
}

/**
 * Guards every page under /account.
 * @param path the page to return to after sign-in; a path of the portal.
 * @throws DatabaseUnavailable; redirects to /sign-in when signed out.
 */
export async function requireUser(path: string): Promise<LiveSession> {
  const session = await currentSession();
  if (!session) redirect(signInPath(path));
  return session;
}

/**
 * Guards every page under /operator. Answers 404 without the permission, so that the page's existence is not revealed.
 * @throws DatabaseUnavailable; redirects to /sign-in when signed out.
 */
export async function requireOperator(path: string, permission: Permission = 'read-customers'): Promise<LiveSession> {
  const session = await requireUser(path);
  if (may(session.role, permission)) return session;
  await recordRefusal(session, permission);
  notFound();
}

/**
 * Records that a signed-in person requested something without permission (OWASP logging vocabulary: authz_fail).
 * Writes one row per window and counts the rest. Never throws.
 */
export async function recordRefusal(
  { userId, role }: Pick<LiveSession, 'userId' | 'role'>,
  attempted: Permission | 'verified-details',
): Promise<void> {
  try {
    // A customer's attempt reveals nothing about the console, whatever it was aimed at.
    const resource = attempted === 'verified-details' || isOperator({ role }) ? attempted : 'operator';
    const actor = `user:${userId}` as const;
    const refused = { event: 'authz_fail', actor, subject: userId, facts: { resource } } as const;
    if (await appendCountedAuditNow(await getServices(), refused))
      log().warn({ event: 'authz_fail', userId, resource });
  } catch (error) {
    log().error({ event: 'audit_failed', error: describeError(error) });
  }
}

/** Returns the address of the sign-in page, which leads back to `path`. */
export function signInPath(path: string): string {
  return `/sign-in?${new URLSearchParams({ callbackUrl: path })}`;
}

/** Returns the address of the sign-in page for a signed-in person who must authenticate again. */
export function signInAgainPath(path: string): string {
  return `${signInPath(path)}&again`;
}
