import { cookies } from 'next/headers';
import type { NextRequest } from 'next/server';
import { getTranslations } from 'next-intl/server';
import { handoverCookie, handoverCookieName } from '@/lib/auth/cookies';
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

/**
 * The document of the iframe on the buy page. The token exists only in the `Location` of this answer: no script can
 * read it there, no page, log or cache holds it. Only a frame of our own page gets one (lib/http/frame-origin.ts).
 */
export async function GET(request: NextRequest): Promise<Response> {
  const { portalOrigin, secure } = config();
  const wasPressed = (await cookies()).has(handoverCookieName(secure));
  const from = frameOrigin(request.headers, portalOrigin, wasPressed);
  if (from !== 'ours') return explain(from, 403);
  const userAgent = usableUserAgent(request.headers.get('user-agent'));
  if (!userAgent) return explain('user-agent', 400);
  try {
    return await open(userAgent);
  } catch (error) {
    log().error({ event: 'frame_failed', error: describeError(error) });
    return explain('database', 503);
  }
}

async function open(userAgent: string): Promise<Response> {
  const session = await currentSession();
  if (!session) return explain('signed-out', 401);
  const { secure } = config();
  const jar = await cookies();
  const sealed = jar.get(handoverCookieName(secure))?.value;
  if (sealed) jar.set(handoverCookie(secure, '', 0));
  const frame = await openFrame(await getServices(), session, userAgent, sealed);
  switch (frame.show) {
    case 'widget':
      return new Response(null, { status: 303, headers: { location: frame.url, 'cache-control': 'no-store' } });
    case 'unavailable':
      return explain('unavailable', 503, frame.retryInSeconds);
    case 'too-many':
      return explain('too-many', 429, frame.retryInSeconds);
    case 'refused':
      return explain('refused', 502);
    case 'not-ready':
      return explain('not-ready', 409);
    case 'signed-out':
      return explain('signed-out', 401);
  }
}

type Reason =
  | 'forbidden'
  | 'unproven'
  | 'user-agent'
  | 'database'
  | 'signed-out'
  | 'unavailable'
  | 'too-many'
  | 'refused'
  | 'not-ready';

/** The portal's own page inside the frame: the reason and, where trying again helps, a way to. */
async function explain(reason: Reason, status: number, seconds = 5): Promise<Response> {
  const t = await getTranslations('frame');
  const passing = reason === 'unavailable' || reason === 'too-many' || reason === 'database';
  return portalPage({
    status,
    headers: passing ? { 'retry-after': String(seconds) } : {},
    title: t(`${reason}.title`),
    text: t(`${reason}.text`, { email: brand.support.email, seconds, ...asWait(seconds) }),
    ...(passing || reason === 'refused' ? { link: { label: t('tryAgain'), href: '/account/buy/frame' } } : {}),
    ...(passing ? { retry: { seconds, by: 'reload' } } : {}),
  });
}
