import 'server-only';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { and, eq, gt, inArray, lt, sql } from 'drizzle-orm';
import { cookies } from 'next/headers';
import { safeCallbackPath } from '@/lib/auth/callback-url';
import { linkRequestCookie, linkRequestCookieName } from '@/lib/auth/cookies';
import { config } from '@/lib/config/config';
import { verificationTokens } from '@/lib/db/schema';
import { canonicalEmail } from '@/lib/email-address';
import type { Services } from '@/lib/services';
import { emailFingerprints } from '@/lib/users/email-columns';

/** What a sign-in link carries. Whatever else its address or its form holds is ignored. */
export interface SignInLink {
  /** The one-time secret; empty when there is none. */
  token: string;
  /** The canonical address it was mailed to; null when it is none. */
  email: string | null;
  /** Where to go afterwards: a path of the portal. */
  callbackPath: string;
}

/** Reads a link from its address or from the form of its page. Of a field that comes twice, the first counts. */
export function readLink(fields: URLSearchParams | FormData, portalOrigin: string): SignInLink {
  const field = (name: string) => String(fields.get(name) ?? '');
  return {
    token: field('token'),
    email: canonicalEmail(field('email')),
    callbackPath: safeCallbackPath(fields.get('callbackUrl'), portalOrigin),
  };
}

/** The page of a link, app/sign-in/link. Without a token it says that the link works no more. */
export function linkPath({ token, email, callbackPath }: SignInLink): string {
  const fields = { callbackUrl: callbackPath, ...(token && { token }), ...(email && { email }) };
  return `/sign-in/link?${new URLSearchParams(fields)}`;
}

/** Returns whether this link would sign somebody in. Uses nothing up. @throws the driver's error. */
export async function linkWorks(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  { token, email }: SignInLink,
): Promise<boolean> {
  if (!token || !email) return false;
  const forThem = inArray(verificationTokens.identifier, emailFingerprints(keyring, email));
  const stored = eq(verificationTokens.token, hashLinkToken(token));
  const alive = gt(verificationTokens.expiresAt, sql`now()`);
  return (await db.$count(verificationTokens, and(forThem, stored, alive))) > 0;
}

/** As next-auth stores it (next-auth/core/lib/utils.js, `hashToken`). */
function hashLinkToken(token: string): string {
  return createHash('sha256').update(`${token}${config().secret}`).digest('hex');
}

/** Lets this browser be recognised when a link to this address is opened. */
export async function markLinkRequest(email: string): Promise<void> {
  (await cookies()).set(linkRequestCookie(config().secure, requestMark(email)));
}

/** Returns whether this browser's last link was asked for with this address. */
export async function wasRequestedHere(email: string): Promise<boolean> {
  const kept = Buffer.from((await cookies()).get(linkRequestCookieName(config().secure))?.value ?? '');
  const mark = Buffer.from(requestMark(email));
  return kept.length === mark.length && timingSafeEqual(kept, mark);
}

/** A keyed hash: the cookie names no address. */
function requestMark(email: string): string {
  return createHmac('sha256', config().secret).update(`link request ${email}`).digest('base64url');
}

/** An address as a page may show it to whoever opened a link: `o•••@example.com`. */
export function maskEmail(email: string): string {
  return email.replace(/^(.).*(?=@)/, '$1•••');
}

/** Forgets links that nobody opened in time. @throws the driver's error. */
export async function sweepLinks({ db }: Pick<Services, 'db'>): Promise<void> {
  await db.delete(verificationTokens).where(lt(verificationTokens.expiresAt, sql`now()`));
}
