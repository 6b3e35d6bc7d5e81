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

/** What an operator can do about a customer. */
export const OPERATOR_ACTIONS = ['cancel-authorisation', 'sign-out', 'block', 'unblock'] as const;
export type OperatorAction = (typeof OPERATOR_ACTIONS)[number];

/** Why an action was not carried out; the desk says each. */
export const OPERATOR_REFUSALS = ['sign-in-again', 'self', 'operator', 'gone'] as const;
export type OperatorRefusal = (typeof OPERATOR_REFUSALS)[number];

/**
 * Carries out an operator's action, and leaves a line in the trail under the operator's name. Asks for a sign-in that
 * is not older than FRESH_MINUTES (ASVS 5.0 7.5.3), and never blocks an operator: neither a mistake nor one taken-over
 * account can lock the institution out of its own desk. Operators are kept out by OPERATOR_EMAILS.
 * @returns null when it was carried out, or why it was not.
 * @throws the driver's error when it could not be stored: then nothing was done.
 */
export async function performOperatorAction(
  services: Services,
  operator: Pick<LiveSession, 'userId' | 'role' | 'fresh'>,
  action: OperatorAction,
  userId: string,
): Promise<OperatorRefusal | null> {
  if (operator.role !== 'operator') throw new Error('Not an operator');
  const actor = `operator:${operator.userId}` as const;
  const refused = operator.fresh ? await refusal(services, operator.userId, action, userId) : 'sign-in-again';
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
  // First: what an operator tried is known even if the rest fails.
  await appendCountedAuditNow(services, { event: 'authz_change', actor, subject: userId, facts: { action } });
  await carryOut(services, actor, action, userId);
  return null;
}

async function refusal(
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

async function carryOut(services: Services, actor: `operator:${string}`, action: OperatorAction, userId: string) {
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
