import 'server-only';
import { unstable_rethrow } from 'next/navigation';
import type { NextRequest } from 'next/server';
import { getTranslations } from 'next-intl/server';
import { describeError, log, stackFrames } from '@/lib/log/log';
import { portalPage } from './portal-page';

/** What a person asked for that may or may not have been stored; the words are `errors.unconfirmed.*`. */
export type Unconfirmed = 'signOut' | 'delete' | 'signIn' | 'preferences' | 'download';

interface Settings {
  unconfirmed: Unconfirmed;
  /** Where to look and try again. */
  back: string;
}

/**
 * Makes a route handler that a person's form or link leads to. When the database fails in the middle the person gets
 * a page in their language that says so, with a way on; it never says that something was stored, or was not.
 */
export function formRoute<Rest extends unknown[]>(
  { unconfirmed, back }: Settings,
  run: (request: NextRequest, ...rest: Rest) => Promise<Response>,
): (request: NextRequest, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    try {
      return await run(request, ...rest);
    } catch (error) {
      // Redirects and the like are answers.
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
