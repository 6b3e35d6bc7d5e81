import 'server-only';
import { appendCountedAuditNow } from '@/lib/audit/counted';
import { describeError, log } from '@/lib/log/log';
import { getServices } from '@/lib/services';

/** Why a sign-in failed. `LinkInvalid`: unknown, used or expired; `ProviderAnswer`: no answer that counts. */
export type FailedSignIn =
  | 'LinkInvalid'
  | 'ProviderAnswer'
  | 'EmailInvalid'
  | 'EmailNotVerified'
  | 'Blocked'
  | 'OtherIdentity';

/**
 * Records a failed sign-in in the audit log, and in the log, as often as lib/audit/bounds.ts allows for each reason and
 * user; the rest is counted. (ASVS 5.0 16.3.1)
 * @param userId whose account it was, where that was proved.
 */
export async function recordFailedSignIn(reason: FailedSignIn, userId?: string): Promise<void> {
  try {
    const failed = { event: 'authn_login_fail', actor: 'system', subject: userId, facts: { reason } } as const;
    const isNews = await appendCountedAuditNow(await getServices(), failed);
    if (isNews) log().warn({ event: 'sign_in_failed', reason, userId });
  } catch (error) {
    log().error({ event: 'audit_failed', error: describeError(error) });
  }
}
