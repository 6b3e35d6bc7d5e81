import 'server-only';
import { config } from '@/lib/config/config';
import { describeError, log } from '@/lib/log/log';
import { countTry } from '@/lib/rate-limits/count';
import { services } from '@/lib/services';
import { markAuthorised, redeemHandover, sealHandover } from './handover';
import { type Issued, issueToken, type TokenSession } from './issue';

// Two ways to one frame: the sealed token of "Buy crypto", or, on reload and bookmark, a token issued on the spot.

/** "Buy crypto": a token issued and sealed for the frame; null when there is nothing to hand over or the database is down. */
export async function issueSealed(
  session: TokenSession,
  userAgent: string,
  getServices = services,
): Promise<string | null> {
  try {
    const parts = await getServices();
    // The frame says so; it finds no sealed token.
    if (!(await countTry(parts, 'token-account', session.userId)).allowed) return null;
    const issued = await issueToken(parts, session, userAgent);
    return await sealHandover(parts, config().secret, session, userAgent, issued);
  } catch (error) {
    log().error({ event: 'widget_not_opened', userId: session.userId, error: describeError(error) });
    return null;
  }
}

/** What the frame shows: the widget with a token, or one of the portal's own small pages. */
export type Frame =
  | { show: 'widget'; url: string }
  | { show: 'unavailable' | 'too-many'; retryInSeconds: number }
  | { show: 'not-ready' | 'refused' | 'signed-out' };

/**
 * Opens the frame: redeems the sealed token of this session and user agent, or issues one.
 * @throws the driver's error.
 */
export async function openFrame(
  session: TokenSession,
  userAgent: string,
  sealed: string | undefined,
  getServices = services,
): Promise<Frame> {
  const parts = await getServices();
  const redeemed = await redeemHandover(parts, config().secret, session, userAgent, sealed);
  if (redeemed.outcome === 'problem') return { show: redeemed.problem, retryInSeconds: redeemed.retryInSeconds };
  if (redeemed.outcome === 'token') {
    await markAuthorised(parts, session.id, redeemed);
    return { show: 'widget', url: widgetUrl(redeemed.token) };
  }
  const use = await countTry(parts, 'token-account', session.userId);
  if (!use.allowed) return { show: 'too-many', retryInSeconds: use.retryInSeconds };
  const issued: Issued = await issueToken(parts, session, userAgent);
  if (issued.outcome === 'unavailable') return { show: 'unavailable', retryInSeconds: issued.retryInSeconds };
  if (issued.outcome !== 'issued') return { show: issued.outcome };
  await markAuthorised(parts, session.id, issued);
  return { show: 'widget', url: widgetUrl(issued.token.reveal()) };
}

/** The widget's address as KunaCore documents it. Only the frame's redirect may ever hold it. */
function widgetUrl(token: string): string {
  const { url, institutionId } = config().widget;
  const target = new URL(url);
  target.searchParams.set('institutionId', institutionId);
  target.searchParams.set('refreshToken', token);
  return target.href;
}
