import { cookies } from 'next/headers';
import { getTranslations } from 'next-intl/server';
import { pressedCookie } from '@/lib/auth/cookies';
import { hasFrameProof } from '@/lib/auth/frame-proof';
import { currentSession } from '@/lib/auth/session';
import { openFrame } from '@/lib/authorisations/frame';
import { brand } from '@/lib/brand/brand';
import { config } from '@/lib/config/config';
import { type Destination, frameOrigin } from '@/lib/http/frame-origin';
import { usableUserAgent } from '@/lib/http/user-agent';
import { describeError, log } from '@/lib/log/log';
import { portalPage } from '@/lib/pages/portal-page';
import { asWait } from '@/lib/pages/wait';
import { getServices } from '@/lib/services';
import { mustSignInToBuy } from '@/lib/sessions/step-up';

/** Reasons for a page instead of the widget, with its status. */
const STATUS = {
  forbidden: 403,
  unproven: 403,
  'user-agent': 400,
  database: 503,
  'signed-out': 401,
  'sign-in-again': 401,
  unavailable: 503,
  'too-many': 429,
  refused: 502,
  'not-ready': 409,
} as const;

type Reason = keyof typeof STATUS;

/** The addresses that lead to the widget: one for the iframe of the buy page, one for a tab of its own. */
const PATHS = { iframe: '/account/buy/frame', document: '/account/buy/tab' };

/**
 * Hands a token over to the widget. It exists only in the `Location` of this response: no script can read it there, and
 * no page, log or cache holds it. Only a frame, or a tab, that our own page opens gets one (lib/http/frame-origin.ts).
 */
export async function handOver(request: Request, destination: Destination): Promise<Response> {
  const { portalOrigin, secure } = config();
  const jar = await cookies();
  const isProven = hasFrameProof(jar, secure);
  const from = frameOrigin(request.headers, portalOrigin, { destination, isProven });
  if (from !== 'ours') return errorPage(destination, from);
  // The cookie proves the origin of one frame.
  if (isProven) jar.set(pressedCookie(secure, null));
  const userAgent = usableUserAgent(request.headers.get('user-agent'));
  if (!userAgent) return errorPage(destination, 'user-agent');
  try {
    return await widgetResponse(destination, userAgent);
  } catch (error) {
    log().error({ event: 'frame_failed', error: describeError(error) });
    return errorPage(destination, 'database');
  }
}

async function widgetResponse(destination: Destination, userAgent: string): Promise<Response> {
  const session = await currentSession();
  if (!session) return errorPage(destination, 'signed-out');
  if (mustSignInToBuy(session, config())) return errorPage(destination, 'sign-in-again');
  const frame = await openFrame(await getServices(), session, userAgent);
  if (frame.show !== 'widget')
    return errorPage(destination, frame.show, 'retryInSeconds' in frame ? frame.retryInSeconds : undefined);
  return new Response(null, { status: 303, headers: { location: frame.url, 'cache-control': 'no-store' } });
}

/**
 * Returns a page of the portal in place of the widget: the reason and, where it helps, a link. A tab has no page around
 * it, so its link leads back to the buy page where trying again does not help.
 */
async function errorPage(destination: Destination, reason: Reason, seconds = 5): Promise<Response> {
  const t = await getTranslations('frame');
  const passing = reason === 'unavailable' || reason === 'too-many' || reason === 'database';
  const canRetry = passing || reason === 'refused';
  const isAlone = destination === 'document' && !canRetry;
  const text = t(`${reason}.text`, { email: brand.support.email, seconds, ...asWait(seconds) });
  return portalPage({
    status: STATUS[reason],
    headers: passing ? { 'retry-after': String(seconds) } : {},
    title: t(`${reason}.title`),
    // In the frame, the text names what is around it.
    text: isAlone && reason !== 'user-agent' ? t('inTab.text') : text,
    ...(canRetry ? { link: { label: t('tryAgain'), href: PATHS[destination] } } : {}),
    ...(isAlone ? { link: { label: t('inTab.action'), href: '/account/buy' } } : {}),
    ...(passing ? { retry: { seconds, by: 'reload' } } : {}),
  });
}
