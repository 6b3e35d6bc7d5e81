import 'server-only';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { and, eq, gt, inArray, lt, sql } from 'drizzle-orm';
import { cookies } from 'next/headers';
import { z } from 'zod';
import { safeCallbackPath } from '@/lib/auth/callback-url';
import { linkAddressCookie, linkAddressCookieName, linkRequestCookie, linkRequestCookieName } from '@/lib/auth/cookies';
import { config } from '@/lib/config/config';
import { createKeyring } from '@/lib/crypto/keyring';
import { verificationTokens } from '@/lib/db/schema';
import { canonicalEmail } from '@/lib/email-address';
import type { Services } from '@/lib/services';
import { emailFingerprints } from '@/lib/users/email-columns';

/** The content of a sign-in link. Other fields of its address or form are ignored. */
export interface SignInLink {
  /** The one-time secret; empty when there is none. */
  token: string;
  /** The canonical address that received the mail; null when invalid. */
  email: string | null;
  /** The path of the portal to open after sign-in. */
  callbackPath: string;
}

/** Reads a link from its address or from the form of its page. Takes the first of repeated fields. */
export function readLink(fields: URLSearchParams | FormData, portalOrigin: string): SignInLink {
  const field = (name: string) => String(fields.get(name) ?? '');
  return {
    token: field('token'),
    email: canonicalEmail(field('email')),
    callbackPath: safeCallbackPath(fields.get('callbackUrl'), portalOrigin),
  };
}

/** Returns the address of a link's page, app/sign-in/link. Without a token the page shows that the link is invalid. */
export function linkPath({ token, email, callbackPath }: SignInLink): string {
  const fields = { callbackUrl: callbackPath, ...(token && { token }), ...(email && { email }) };
  return `/sign-in/link?${new URLSearchParams(fields)}`;
}

/** Reports whether this link can sign a person in. Does not use it. @throws the driver's error. */
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

/** Returns the hash that next-auth stores (next-auth/core/lib/utils.js, `hashToken`). */
function hashLinkToken(token: string): string {
  return createHash('sha256').update(`${token}${config().secret}`).digest('hex');
}

/** A link that this browser requested. */
const linkRequest = z.object({ email: z.string(), callbackPath: z.string(), at: z.number() });

/** The associated data of the cookie, which no row has. */
const LINK_ADDRESS = 'cookie link-address';

/**
 * Remembers in this browser that it has requested a link: a mark that the link's page compares, and for the next page the
 * address, sealed, so that neither the address bar nor a log shows it.
 */
export async function rememberLinkRequest(email: string, callbackPath: string): Promise<void> {
  const { secure, piiKeys } = config();
  const request: z.infer<typeof linkRequest> = { email, callbackPath, at: Date.now() };
  const jar = await cookies();
  jar.set(linkRequestCookie(secure, requestMark(email)));
  jar.set(linkAddressCookie(secure, createKeyring(piiKeys).seal(JSON.stringify(request), LINK_ADDRESS)));
}

/** Returns the last link that this browser requested, as long as it works; null without one. */
export async function lastLinkRequest(): Promise<z.infer<typeof linkRequest> | null> {
  const { secure, piiKeys, portalOrigin } = config();
  const sealed = (await cookies()).get(linkAddressCookieName(secure))?.value;
  if (!sealed) return null;
  try {
    const request = linkRequest.parse(JSON.parse(createKeyring(piiKeys).open(sealed, LINK_ADDRESS)));
    return { ...request, callbackPath: safeCallbackPath(request.callbackPath, portalOrigin) };
  } catch {
    // Sealed by a key that is gone, or not by us.
    return null;
  }
}

/** Reports whether this browser last requested a link for this address. */
export async function wasRequestedHere(email: string): Promise<boolean> {
  const stored = Buffer.from((await cookies()).get(linkRequestCookieName(config().secure))?.value ?? '');
  const expected = Buffer.from(requestMark(email));
  return stored.length === expected.length && timingSafeEqual(stored, expected);
}

/** Returns a keyed hash, so that the cookie does not contain the address. */
function requestMark(email: string): string {
  return createHmac('sha256', config().secret).update(`link request ${email}`).digest('base64url');
}

/** Limits the links that one sweep deletes. */
const SWEEP = 1_000;

/** Deletes expired links. @returns whether there may be more. @throws the driver's error. */
export async function sweepLinks({ db }: Pick<Services, 'db'>): Promise<boolean> {
  const over = db
    .select({ ctid: sql`ctid` })
    .from(verificationTokens)
    .where(lt(verificationTokens.expiresAt, sql`now()`))
    .orderBy(verificationTokens.expiresAt)
    .limit(SWEEP)
    .for('update', { skipLocked: true });
  const deleted = await db
    .delete(verificationTokens)
    .where(sql`ctid = any(array(${over}))`)
    .returning({ token: verificationTokens.token });
  return deleted.length === SWEEP;
}
