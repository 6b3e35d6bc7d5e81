import 'server-only';
import { appendCountedAuditNow } from '@/lib/audit/counted';
import { describeError, log } from '@/lib/log/log';
import { getServices } from '@/lib/services';
import { record } from '@/lib/telemetry/telemetry';

/** The reason of a failed sign-in. `LinkInvalid`: unknown, used or expired. `ProviderResponse`: an invalid response.
 * `NotAskedAgain`: the provider did not authenticate anew after a sign-out. */
export type FailedSignIn =
  | 'LinkInvalid'
  | 'ProviderResponse'
  | 'EmailInvalid'
  | 'EmailNotVerified'
  | 'Blocked'
  | 'OtherIdentity'
  | 'NotAskedAgain';

/**
 * Records a failed sign-in in the audit log and the log. lib/audit/bounds.ts limits the rows for each reason and user;
 * the rest is counted. Never throws. (ASVS 5.0 16.3.1)
 * @param userId the owner of the account, if the sign-in proved it.
 */
export async function recordFailedSignIn(reason: FailedSignIn, userId?: string): Promise<void> {
  record('kuna_portal.sign_ins', 1, { 'kuna_portal.outcome': reason });
  try {
    const failed = { event: 'authn_login_fail', actor: 'system', subject: userId, facts: { reason } } as const;
    const appended = await appendCountedAuditNow(await getServices(), failed);
    if (appended) log().warn({ event: 'sign_in_failed', reason, userId });
  } catch (error) {
    log().error({ event: 'audit_failed', error: describeError(error) });
  }
}
