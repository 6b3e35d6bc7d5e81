import 'server-only';
import { unstable_rethrow } from 'next/navigation';
import type { NextRequest } from 'next/server';
import { getTranslations } from 'next-intl/server';
import { describeError, log, stackFrames } from '@/lib/log/log';
import { portalPage } from './portal-page';

/** A request that may or may not have been stored. Its messages are `errors.unconfirmed.*`. */
export type Unconfirmed = 'signOut' | 'delete' | 'signIn' | 'preferences' | 'download' | 'file' | 'report';

interface Settings {
  unconfirmed: Unconfirmed;
  /** The page on which to check and try again. */
  back: string;
}

/**
 * Makes a route handler for a form or link. When the database fails meanwhile, it responds with a page in the person's
 * language. That page never claims that something was stored, or was not.
 */
export function formRoute<Rest extends unknown[]>(
  { unconfirmed, back }: Settings,
  run: (request: NextRequest, ...rest: Rest) => Promise<Response>,
): (request: NextRequest, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    try {
      return await run(request, ...rest);
    } catch (error) {
      // Next signals redirects by throwing.
      unstable_rethrow(error);
      const at = error instanceof Error ? stackFrames(error) : [];
      log().error({ event: 'route_unconfirmed', what: unconfirmed, error: describeError(error), at });
      return unconfirmedPage(unconfirmed, back);
    }
  };
}

async function unconfirmedPage(what: Unconfirmed, href: string): Promise<Response> {
  const t = await getTranslations('errors.unconfirmed');
  return portalPage({
    status: 503,
    headers: { 'retry-after': '5' },
    title: t(`${what}.title`),
    text: t(`${what}.text`),
    link: { label: t(`${what}.action`), href },
  });
}
