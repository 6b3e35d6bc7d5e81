import 'server-only';
import { and, eq, exists, gt, sql } from 'drizzle-orm';
import { config } from '@/lib/config/config';
import { authorisations, sessions } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { record, traced } from '@/lib/telemetry/telemetry';
import { type AheadStore, type FrameToken, issueCounted, takeAhead } from './ahead';
import type { TokenSession } from './issue';

/** Lists what the frame can show: the widget with a token, or a small page of the portal. */
export type Frame =
  | { show: 'widget'; url: string }
  | { show: 'unavailable' | 'too-many'; retryInSeconds: number }
  | { show: 'not-ready' | 'refused' | 'signed-out' };

const RETRY_SECONDS = 5;

/**
 * Opens the frame: hands over the token that was issued ahead for this session and user agent, or issues one.
 * @throws the driver's error.
 */
export async function openFrame(
  services: Services,
  session: TokenSession,
  userAgent: string,
  store?: AheadStore,
): Promise<Frame> {
  const startedAt = services.clock.elapsed();
  const ahead = await takeAhead(services, session, userAgent, store);
  const opened = ahead && (await toFrame(services, session, ahead.token));
  if (opened) return reported(services, opened, { startedAt: ahead.startedAt, isAhead: true });
  const issued = await issueCounted(services, session, userAgent);
  const frame = await toFrame(services, session, issued);
  return reported(services, frame ?? { show: 'unavailable', retryInSeconds: RETRY_SECONDS }, {
    startedAt,
    isAhead: false,
  });
}

/** Reports how long the person waited for the widget, as far as the portal sees it. */
function reported(
  { clock }: Pick<Services, 'clock'>,
  frame: Frame,
  { startedAt, isAhead }: { startedAt: number; isAhead: boolean },
): Frame {
  const seconds = (clock.elapsed() - startedAt) / 1000;
  if (frame.show === 'widget') record('kuna_portal.widget.time_to_frame', seconds, { 'kuna_portal.ahead': isAhead });
  return frame;
}

/** Returns what the frame shows, or null for a token that may not be handed over any more. */
async function toFrame(services: Services, session: TokenSession, token: FrameToken): Promise<Frame | null> {
  if (token.outcome === 'unavailable' || token.outcome === 'too-many')
    return { show: token.outcome, retryInSeconds: token.retryInSeconds };
  if (token.outcome !== 'issued') return { show: token.outcome };
  const mayHave = await traced({ name: 'kuna_portal.hand_over' }, () => handOver(services, session, token));
  return mayHave ? { show: 'widget', url: widgetUrl(token.token.reveal()) } : null;
}

/**
 * Marks, for the state that the buy page polls, that this browser's frame is authorised in this epoch. The same
 * statement checks that the session is live, the epoch has not ended and the token has not expired. An epoch that ended
 * since the token was issued revokes the token, so nothing needs to be revoked for it.
 * @returns whether the token may be handed over.
 */
async function handOver(
  { db }: Pick<Services, 'db'>,
  session: TokenSession,
  { epoch, expiresAt }: { epoch: number; expiresAt: Date | null },
): Promise<boolean> {
  const expiry = expiresAt && sql`${expiresAt.toISOString()}::timestamptz`;
  const isOfEpoch = and(eq(authorisations.userId, session.userId), eq(authorisations.epoch, epoch));
  const marked = await db
    .update(sessions)
    // A token's `exp` counts up to 48 hours from now.
    .set({ authorisedEpoch: epoch, authorisedUntil: expiry && sql`least(${expiry}, now() + interval '48 hours')` })
    .where(
      and(
        eq(sessions.id, session.id),
        gt(sessions.expiresAt, sql`now()`),
        exists(db.select({ epoch: authorisations.epoch }).from(authorisations).where(isOfEpoch)),
        expiry ? sql`${expiry} > now()` : undefined,
      ),
    )
    .returning({ id: sessions.id });
  return marked.length > 0;
}

/** Builds the widget's address as KunaCore documents it. Only the frame's redirect may hold it. */
function widgetUrl(token: string): string {
  const { url, institutionId } = config().widget;
  const target = new URL(url);
  target.searchParams.set('institutionId', institutionId);
  target.searchParams.set('refreshToken', token);
  return target.href;
}
