import 'server-only';
import { peekSession } from '@/lib/auth/session';
import { describeError, log } from '@/lib/log/log';
import { services } from '@/lib/services';
import { recordFailedSignIn } from './failed-sign-ins';
import { linkWorks, maskEmail, type SignInLink, wasRequestedHere } from './links';

/** What the page of a link shows. Addresses are masked. */
export type LinkState =
  | {
      kind: 'confirm';
      address: string;
      /** Who else is signed in here, and would be signed out. */
      signedInAs: string | null;
      /** Asked for in another browser: somebody may have sent the link to lead this person into their account. */
      fromOtherBrowser: boolean;
    }
  /** `works`: the link could still be used. */
  | { kind: 'signed-in'; address: string; works: boolean }
  /** `email`: to ask for a new link with, where this browser has asked for the old one. */
  | { kind: 'over'; email?: string }
  | { kind: 'unavailable' };

/** Decides what the page of a link shows. Looking uses nothing up: mail scanners and browsers fetch links, too. */
export async function linkState(link: SignInLink): Promise<LinkState> {
  try {
    const { email } = link;
    const session = await peekSession();
    const works = await linkWorks(await services(), link);
    if (email && session?.email === email) return { kind: 'signed-in', address: maskEmail(email), works };
    if (!email || !works) {
      if (link.token) await recordFailedSignIn('LinkInvalid');
      return { kind: 'over', email: email && (await wasRequestedHere(email)) ? email : undefined };
    }
    const signedInAs = session ? maskEmail(session.email) : null;
    return {
      kind: 'confirm',
      address: maskEmail(email),
      signedInAs,
      fromOtherBrowser: !(await wasRequestedHere(email)),
    };
  } catch (error) {
    log().error({ event: 'link_not_read', error: describeError(error) });
    return { kind: 'unavailable' };
  }
}
