import 'server-only';
import { createHash, hkdfSync, randomUUID } from 'node:crypto';
import { and, eq, gt, sql } from 'drizzle-orm';
import { EncryptJWT, jwtDecrypt } from 'jose';
import { z } from 'zod';
import { authorisations, sessions } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { believedUntil } from './expiry';
import type { Issued, TokenSession } from './issue';

// "Buy crypto" issues a token in a server action; the frame shows it one request later. In between it travels sealed
// in an HttpOnly cookie: no script, log or table sees it, and only this session in this browser can redeem it, once.

/** How long a sealed token waits for its frame, in seconds. */
export const HANDOVER_SECONDS = 60;

const payload = z.object({
  jti: z.uuid(),
  session: z.string(),
  agent: z.string(),
  token: z.string().optional(),
  epoch: z.number(),
  until: z.number().nullable(),
  /** Instead of a token: why there is none, so that the frame need not ask KunaCore a second time to say it. */
  problem: z.enum(['unavailable', 'refused']).optional(),
  retryInSeconds: z.number().optional(),
});

/** What the frame finds in the cookie. */
export type Redeemed =
  | { outcome: 'token'; token: string; epoch: number; expiresAt: Date | null }
  | { outcome: 'problem'; problem: 'unavailable' | 'refused'; retryInSeconds: number }
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
  const content =
    issued.outcome === 'issued'
      ? { token: issued.token.reveal(), epoch: issued.epoch, until: issued.expiresAt?.getTime() ?? null }
      : { problem: issued.outcome, retryInSeconds: retryIn(issued), epoch: 0, until: null };
  return new EncryptJWT({ ...content, session: session.id, agent: fingerprint(userAgent) })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setJti(handoverId)
    .setExpirationTime(`${HANDOVER_SECONDS}s`)
    .encrypt(sealingKey(secret));
}

/**
 * Redeems the cookie: once, by the session and user agent it was sealed for, and only while nothing was ended since.
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
  if (sealed.problem)
    return { outcome: 'problem', problem: sealed.problem, retryInSeconds: sealed.retryInSeconds ?? 0 };
  const [now] = await db
    .select({ epoch: authorisations.epoch })
    .from(authorisations)
    .where(eq(authorisations.userId, session.userId));
  if (!sealed.token || now?.epoch !== sealed.epoch) return { outcome: 'nothing' };
  const expiresAt = sealed.until === null ? null : new Date(sealed.until);
  return { outcome: 'token', token: sealed.token, epoch: sealed.epoch, expiresAt };
}

/** Notes which epoch this browser's frame was authorised in, for the state that the buy page polls. */
export async function markAuthorised(
  { db }: Pick<Services, 'db'>,
  sessionId: string,
  { epoch, expiresAt }: { epoch: number; expiresAt: Date | null },
): Promise<void> {
  await db
    .update(sessions)
    .set({ authorisedEpoch: epoch, authorisedUntil: believedUntil(expiresAt) })
    .where(eq(sessions.id, sessionId));
}

function retryIn(issued: Issued): number {
  return issued.outcome === 'unavailable' ? issued.retryInSeconds : 0;
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
    return null; // not ours, changed or expired: as if there were none
  }
}

/** A key of its own for this purpose, derived from NEXTAUTH_SECRET (RFC 5869). */
function sealingKey(secret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'widget token handover', 32));
}

function fingerprint(userAgent: string): string {
  return createHash('sha256').update(userAgent).digest('base64url');
}
