import 'server-only';
import { eq } from 'drizzle-orm';
import { appendCountedAuditNow } from '@/lib/audit/counted';
import { revokeAccess } from '@/lib/authorisations/epoch';
import { config } from '@/lib/config/config';
import { users } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { endSessions } from '@/lib/sessions/end';
import type { LiveSession } from '@/lib/sessions/find';
import { readEmail } from '@/lib/users/email-columns';
import { blockUser, unblockUser } from './block';

/** The actions of an operator for a customer. */
export const OPERATOR_ACTIONS = ['cancel-authorisation', 'sign-out', 'block', 'unblock'] as const;
export type OperatorAction = (typeof OPERATOR_ACTIONS)[number];

/** The reasons to reject an action. The support console explains each. */
export const OPERATOR_REFUSALS = ['sign-in-again', 'self', 'operator', 'gone'] as const;
export type OperatorRefusal = (typeof OPERATOR_REFUSALS)[number];

/**
 * Performs an operator's action and records it in the audit log. Requires a sign-in within FRESH_MINUTES (ASVS 5.0
 * 7.5.3). Never blocks an operator, so that a mistake or a stolen account cannot lock the institution out of its support
 * console. OPERATOR_EMAILS removes operators.
 * @returns null on success, or the reason of the rejection.
 * @throws the driver's error when the action could not be stored.
 */
export async function performOperatorAction(
  services: Services,
  operator: Pick<LiveSession, 'userId' | 'role' | 'fresh'>,
  action: OperatorAction,
  userId: string,
): Promise<OperatorRefusal | null> {
  if (operator.role !== 'operator') throw new Error('Not an operator');
  const actor = `operator:${operator.userId}` as const;
  const refused = operator.fresh ? await refusalFor(services, operator.userId, action, userId) : 'sign-in-again';
  if (refused) {
    if (refused === 'self' || refused === 'operator')
      await appendCountedAuditNow(services, {
        event: 'authz_fail',
        actor,
        subject: userId,
        facts: { resource: action },
      });
    return refused;
  }
  // Recorded first, so that a failed action is known too.
  await appendCountedAuditNow(services, { event: 'authz_change', actor, subject: userId, facts: { action } });
  await perform(services, actor, action, userId);
  return null;
}

async function refusalFor(
  { db, keyring }: Services,
  operatorId: string,
  action: OperatorAction,
  userId: string,
): Promise<OperatorRefusal | null> {
  const [target] = await db.select().from(users).where(eq(users.id, userId));
  if (!target) return 'gone';
  if (action !== 'block') return null;
  if (target.id === operatorId) return 'self';
  const email = readEmail(keyring, target);
  return email !== null && config().operatorEmails.includes(email) ? 'operator' : null;
}

async function perform(services: Services, actor: `operator:${string}`, action: OperatorAction, userId: string) {
  switch (action) {
    case 'cancel-authorisation':
      return revokeAccess(services, userId, 'ended-by-institution');
    case 'sign-out':
      return endSessions(services, { userId }, 'ended-by-institution');
    case 'block':
      return blockUser(services, userId, actor);
    case 'unblock':
      return unblockUser(services, userId, actor);
  }
}
