import 'server-only';
import { peekSession } from '@/lib/auth/session';
import { maskEmail } from '@/lib/email-address';
import { describeError, log } from '@/lib/log/log';
import { getServices } from '@/lib/services';
import { recordFailedSignIn } from './failed-sign-ins';
import { linkWorks, type SignInLink, wasRequestedHere } from './links';

/** The state of a sign-in link, as its page shows it. Addresses are masked. */
export type LinkState =
  | {
      kind: 'confirm';
      address: string;
      /** The address of another user who is signed in here and would be signed out. */
      signedInAs: string | null;
      /** The link was requested in another browser. An attacker may have sent it to sign this person in as themselves. */
      fromOtherBrowser: boolean;
    }
  /** `works`: the link can still be used. */
  | { kind: 'signed-in'; address: string; works: boolean }
  /** `email`: the address for a new link, if this browser requested the old one. */
  | { kind: 'over'; email?: string }
  | { kind: 'unavailable' };

/** Returns the state of a link without using it, because mail scanners and browsers open links too. */
export async function linkState(link: SignInLink): Promise<LinkState> {
  try {
    const { email } = link;
    const session = await peekSession();
    const works = await linkWorks(await getServices(), link);
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
