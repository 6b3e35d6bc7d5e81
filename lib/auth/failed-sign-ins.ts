import 'server-only';
import { recordAlone } from '../audit/trail';
import { describeError, log } from '../log';
import { countOccurrence } from '../rate-limits/occurrences';
import { services } from '../services';

/** Why a sign-in failed. `LinkInvalid`: unknown, used or expired; `ProviderAnswer`: no answer that counts. */
export type FailedSignIn =
  | 'LinkInvalid'
  | 'ProviderAnswer'
  | 'EmailInvalid'
  | 'EmailNotVerified'
  | 'Blocked'
  | 'OtherIdentity';

const WINDOW_SECONDS = 60 * 60;

/**
 * Records a failed sign-in in the audit log and the log, for each reason and user at most once an hour, with how often
 * it happened since the last time. (ASVS 5.0 16.3.1)
 * @param userId whose account it was, where that was proved.
 */
export async function recordFailedSignIn(reason: FailedSignIn, userId?: string): Promise<void> {
  try {
    const parts = await services();
    const count = await countOccurrence(parts, `sign-in ${reason} ${userId ?? ''}`, WINDOW_SECONDS);
    if (count === null) return;
    log().warn({ event: 'sign_in_failed', reason, userId, count });
    const failed = { event: 'authn_login_fail', actor: 'system', subject: userId, facts: { reason, count } } as const;
    await recordAlone(parts, failed);
  } catch (error) {
    log().error({ event: 'audit_failed', error: describeError(error) });
  }
}
