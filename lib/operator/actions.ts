import 'server-only';
import { and, desc, eq } from 'drizzle-orm';
import { appendCountedAuditNow } from '@/lib/audit/counted';
import { revokeAccess } from '@/lib/authorisations/epoch';
import { config } from '@/lib/config/config';
import { auditEvents, users } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { endSessions } from '@/lib/sessions/end';
import type { LiveSession } from '@/lib/sessions/find';
import { isOperator } from '@/lib/sessions/role';
import { readEmail } from '@/lib/users/email-columns';
import { blockUser, unblockUser } from './block';
import { may, type Permission } from './permissions';

/** The actions of an operator for a customer. */
export const OPERATOR_ACTIONS = ['cancel-authorisation', 'sign-out', 'block', 'unblock'] as const;
export type OperatorAction = (typeof OPERATOR_ACTIONS)[number];

const PERMISSION_FOR = {
  'cancel-authorisation': 'end-kuna-session',
  'sign-out': 'sign-out',
  block: 'block',
  unblock: 'unblock',
} as const satisfies Record<OperatorAction, Permission>;

/** The reasons to reject an action. The support console explains each. */
export const OPERATOR_REFUSALS = ['sign-in-again', 'not-permitted', 'self', 'operator', 'gone'] as const;
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
  if (!isOperator(operator)) throw new Error('Not an operator');
  const actor = `operator:${operator.userId}` as const;
  const refused = operator.fresh ? await refusalFor(services, operator, action, userId) : 'sign-in-again';
  if (refused) {
    if (refused === 'self' || refused === 'operator' || refused === 'not-permitted')
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
  operator: Pick<LiveSession, 'userId' | 'role'>,
  action: OperatorAction,
  userId: string,
): Promise<OperatorRefusal | null> {
  if (!may(operator.role, PERMISSION_FOR[action])) return 'not-permitted';
  const [target] = await db.select().from(users).where(eq(users.id, userId));
  if (!target) return 'gone';
  if (action !== 'block') return null;
  if (target.id === operator.userId) return 'self';
  const email = readEmail(keyring, target);
  const isListed = email !== null && config().operators.byEmail.has(email);
  return isListed || (await lastSignedInAsOperator(db, userId)) ? 'operator' : null;
}

/** Reports whether the last sign-in made an operator, by a group of the provider: no list names these. */
async function lastSignedInAsOperator(db: Services['db'], userId: string): Promise<boolean> {
  const [last] = await db
    .select({ facts: auditEvents.facts })
    .from(auditEvents)
    .where(and(eq(auditEvents.subject, userId), eq(auditEvents.event, 'session_created')))
    .orderBy(desc(auditEvents.id))
    .limit(1);
  return last !== undefined && last.facts.role !== 'customer';
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
