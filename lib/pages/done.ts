import 'server-only';
import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { describeError, log } from '@/lib/log/log';
import { getServices } from '@/lib/services';
import type { LiveSession } from '@/lib/sessions/find';
import { setFlash, takeFlash } from '@/lib/sessions/flash';

const DONE = [
  'details-saved',
  'consent-withdrawn',
  'kuna-session-ended',
  'device-signed-out',
  'devices-signed-out',
  'messages-saved',
] as const;

/** What an action has done. Its messages are `done.*`. */
type DoneMessage = (typeof DONE)[number];

/** What a page says once that an action has done, in the person's language. */
export interface Done {
  text: string;
}

/**
 * Leads to a page of the account that says once what was done. Call it after the action is stored. A message that cannot
 * be kept is left out: the action itself has worked.
 */
export async function leadToDone(session: LiveSession, path: string, message: DoneMessage): Promise<never> {
  try {
    await setFlash(await getServices(), session, path, message);
  } catch (error) {
    log().warn({ event: 'flash_not_kept', error: describeError(error) });
  }
  redirect(path);
}

/** Returns what the last action has done, for its page, and forgets it. @throws the driver's error. */
export async function takeDone(session: LiveSession, path: string): Promise<Done | null> {
  const flash = await takeFlash(await getServices(), session, path);
  const message = DONE.find((known) => known === flash);
  return message ? { text: (await getTranslations('done'))(message) } : null;
}
