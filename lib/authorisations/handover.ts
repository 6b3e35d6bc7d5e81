import 'server-only';
import { createHash, hkdfSync, randomUUID } from 'node:crypto';
import { and, eq, gt, sql } from 'drizzle-orm';
import { EncryptJWT, jwtDecrypt } from 'jose';
import { z } from 'zod';
import { authorisations, sessions } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import type { Issued, TokenSession } from './issue';

// "Buy crypto" issues a token in a server action; the frame shows it one request later. In between it travels sealed
// in an HttpOnly cookie: no script, log or table sees it, and only this session in this browser can redeem it, once.

/** How long a sealed token waits for its frame, in seconds. */
export const HANDOVER_SECONDS = 60;

const token = z.object({
  outcome: z.literal('token'),
  token: z.string(),
  epoch: z.number(),
  expiresAt: z.coerce.date().nullable(),
});
/** Why there is no token, so that the frame need not call KunaCore again to learn it. */
const problem = z.object({
  outcome: z.literal('problem'),
  problem: z.enum(['unavailable', 'refused']),
  retryInSeconds: z.number(),
});
const content = z.discriminatedUnion('outcome', [token, problem]);
const payload = z.object({ jti: z.uuid(), session: z.string(), agent: z.string(), content });

/** What the frame finds in the cookie. */
export type Redeemed =
  | z.infer<typeof content>
  /** No cookie, not for this browser, too old or already used: the frame issues a token itself. */
  | { outcome: 'nothing' };

/**
 * Seals what `issueToken` returned for this session and user agent.
 * @returns the cookie's value (JWE, RFC 7516, A256GCM), or null when there is nothing to hand over.
 */
export async function sealHandover(
  { db }: Pick<Services, 'db'>,
  secret: string,
  session: TokenSession,
  userAgent: string,
  issued: Issued,
): Promise<string | null> {
  if (issued.outcome === 'not-ready' || issued.outcome === 'signed-out') return null;
  const handoverId = randomUUID();
  await db.update(sessions).set({ handoverId }).where(eq(sessions.id, session.id));
  return new EncryptJWT({ content: toContent(issued), session: session.id, agent: fingerprint(userAgent) })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setJti(handoverId)
    .setExpirationTime(`${HANDOVER_SECONDS}s`)
    .encrypt(sealingKey(secret));
}

function toContent(
  issued: Extract<Issued, { outcome: 'issued' | 'unavailable' | 'refused' }>,
): z.infer<typeof content> {
  if (issued.outcome === 'issued') return { ...issued, outcome: 'token', token: issued.token.reveal() };
  return { retryInSeconds: 0, ...issued, outcome: 'problem', problem: issued.outcome };
}

/**
 * Redeems the cookie: once, by the session and user agent it was sealed for, and only while its epoch lasts.
 * @throws the driver's error.
 */
export async function redeemHandover(
  { db }: Pick<Services, 'db'>,
  secret: string,
  session: TokenSession,
  userAgent: string,
  cookie: string | undefined,
): Promise<Redeemed> {
  const sealed = cookie ? await unseal(secret, cookie) : null;
  if (!sealed || sealed.session !== session.id || sealed.agent !== fingerprint(userAgent))
    return { outcome: 'nothing' };
  const redeemed = await db
    .update(sessions)
    .set({ handoverId: null })
    .where(and(eq(sessions.id, session.id), eq(sessions.handoverId, sealed.jti), gt(sessions.expiresAt, sql`now()`)))
    .returning({ id: sessions.id });
  if (redeemed.length === 0) return { outcome: 'nothing' };
  if (sealed.content.outcome === 'problem') return sealed.content;
  const [now] = await db
    .select({ epoch: authorisations.epoch })
    .from(authorisations)
    .where(eq(authorisations.userId, session.userId));
  return now?.epoch === sealed.content.epoch ? sealed.content : { outcome: 'nothing' };
}

/** Marks the epoch that this browser's frame was authorised in, for the state that the buy page polls. */
export async function markAuthorised(
  { db }: Pick<Services, 'db'>,
  sessionId: string,
  { epoch, expiresAt }: { epoch: number; expiresAt: Date | null },
): Promise<void> {
  // A token's `exp` counts up to 48 hours from now.
  const until = expiresAt && sql`least(${expiresAt.toISOString()}::timestamptz, now() + interval '48 hours')`;
  await db.update(sessions).set({ authorisedEpoch: epoch, authorisedUntil: until }).where(eq(sessions.id, sessionId));
}

async function unseal(secret: string, cookie: string): Promise<z.infer<typeof payload> | null> {
  try {
    const { payload: claims } = await jwtDecrypt(cookie, sealingKey(secret), {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
      requiredClaims: ['exp', 'jti'],
    });
    return payload.parse(claims);
  } catch {
    return null; // Forged, changed or expired: the same as no cookie.
  }
}

/** Derives a key of its own for this purpose from NEXTAUTH_SECRET (RFC 5869). */
function sealingKey(secret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'widget token handover', 32));
}

function fingerprint(userAgent: string): string {
  return createHash('sha256').update(userAgent).digest('base64url');
}
