import 'server-only';
import { config } from '@/lib/config/config';
import { describeError, log } from '@/lib/log/log';
import { countTry } from '@/lib/rate-limits/count';
import type { Services } from '@/lib/services';
import { markAuthorised, redeemHandover, sealHandover } from './handover';
import { type Issued, issueToken, type TokenSession } from './issue';

// There are two ways to a token. "Buy crypto" issues one while the person waits for the page, and hands it to the frame
// in a sealed cookie: it is issued by a form post, which another site cannot send. A frame without such a cookie, after
// a reload, "Try again" or a bookmark, has no form to come from, so it issues a token itself.

/** Issues a token and seals it for the frame. Returns null when there is nothing to hand over, or on a failure. */
export async function issueSealed(
  services: Services,
  session: TokenSession,
  userAgent: string,
): Promise<string | null> {
  try {
    // Over the limit the frame finds no token and shows why.
    if (!(await countTry(services, 'token-account', session.userId)).allowed) return null;
    const issued = await issueToken(services, session, userAgent);
    return await sealHandover(services, config().secret, session, userAgent, issued);
  } catch (error) {
    log().error({ event: 'widget_not_opened', userId: session.userId, error: describeError(error) });
    return null;
  }
}

/** Lists what the frame can show: the widget with a token, or a small page of the portal. */
export type Frame =
  | { show: 'widget'; url: string }
  | { show: 'unavailable' | 'too-many'; retryInSeconds: number }
  | { show: 'not-ready' | 'refused' | 'signed-out' };

/**
 * Opens the frame: redeems the sealed token of this session and user agent, or issues one.
 * @throws the driver's error.
 */
export async function openFrame(
  services: Services,
  session: TokenSession,
  userAgent: string,
  sealed: string | undefined,
): Promise<Frame> {
  const redeemed = await redeemHandover(services, config().secret, session, userAgent, sealed);
  if (redeemed.outcome === 'problem') return { show: redeemed.problem, retryInSeconds: redeemed.retryInSeconds };
  if (redeemed.outcome === 'token') {
    await markAuthorised(services, session.id, redeemed);
    return { show: 'widget', url: widgetUrl(redeemed.token) };
  }
  const use = await countTry(services, 'token-account', session.userId);
  if (!use.allowed) return { show: 'too-many', retryInSeconds: use.retryInSeconds };
  const issued: Issued = await issueToken(services, session, userAgent);
  if (issued.outcome === 'unavailable') return { show: 'unavailable', retryInSeconds: issued.retryInSeconds };
  if (issued.outcome !== 'issued') return { show: issued.outcome };
  await markAuthorised(services, session.id, issued);
  return { show: 'widget', url: widgetUrl(issued.token.reveal()) };
}

/** Builds the widget's address as KunaCore documents it. Only the frame's redirect may hold it. */
function widgetUrl(token: string): string {
  const { url, institutionId } = config().widget;
  const target = new URL(url);
  target.searchParams.set('institutionId', institutionId);
  target.searchParams.set('refreshToken', token);
  return target.href;
}
