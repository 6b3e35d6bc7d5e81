import { cookies } from 'next/headers';
import type { NextRequest } from 'next/server';
import { getTranslations } from 'next-intl/server';
import { pressedCookie, pressedCookieName } from '@/lib/auth/cookies';
import { currentSession } from '@/lib/auth/session';
import { openFrame } from '@/lib/authorisations/frame';
import { brand } from '@/lib/brand/brand';
import { config } from '@/lib/config/config';
import { frameOrigin } from '@/lib/http/frame-origin';
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

/**
 * Serves the document of the iframe on the buy page. The token exists only in the `Location` of this response: no script
 * can read it there, and no page, log or cache holds it. Only a frame of our own page gets one
 * (lib/http/frame-origin.ts).
 */
export async function GET(request: NextRequest): Promise<Response> {
  const { portalOrigin, secure } = config();
  const jar = await cookies();
  const wasPressed = jar.has(pressedCookieName(secure));
  const from = frameOrigin(request.headers, portalOrigin, wasPressed);
  if (from !== 'ours') return errorPage(from);
  // The cookie proves the origin of one frame.
  if (wasPressed) jar.set(pressedCookie(secure, false));
  const userAgent = usableUserAgent(request.headers.get('user-agent'));
  if (!userAgent) return errorPage('user-agent');
  try {
    return await frameResponse(userAgent);
  } catch (error) {
    log().error({ event: 'frame_failed', error: describeError(error) });
    return errorPage('database');
  }
}

async function frameResponse(userAgent: string): Promise<Response> {
  const session = await currentSession();
  if (!session) return errorPage('signed-out');
  if (mustSignInToBuy(session, config())) return errorPage('sign-in-again');
  const frame = await openFrame(await getServices(), session, userAgent);
  if (frame.show !== 'widget')
    return errorPage(frame.show, 'retryInSeconds' in frame ? frame.retryInSeconds : undefined);
  return new Response(null, { status: 303, headers: { location: frame.url, 'cache-control': 'no-store' } });
}

/** Returns a page of the portal inside the frame: the reason and, where it helps, a link to try again. */
async function errorPage(reason: keyof typeof STATUS, seconds = 5): Promise<Response> {
  const t = await getTranslations('frame');
  const passing = reason === 'unavailable' || reason === 'too-many' || reason === 'database';
  return portalPage({
    status: STATUS[reason],
    headers: passing ? { 'retry-after': String(seconds) } : {},
    title: t(`${reason}.title`),
    text: t(`${reason}.text`, { email: brand.support.email, seconds, ...asWait(seconds) }),
    ...(passing || reason === 'refused' ? { link: { label: t('tryAgain'), href: '/account/buy/frame' } } : {}),
    ...(passing ? { retry: { seconds, by: 'reload' } } : {}),
  });
}
