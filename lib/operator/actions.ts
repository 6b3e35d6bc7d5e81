import 'server-only';
import { and, desc, eq } from 'drizzle-orm';
import { appendCountedAudit, appendCountedAuditNow } from '@/lib/audit/counted';
import { revokeAccess } from '@/lib/authorisations/epoch';
import { config } from '@/lib/config/config';
import { dismissConflict, linkConflict, retryRejected } from '@/lib/customers/conflict';
import { auditEvents, users } from '@/lib/db/schema';
import { afterCommit, inTransaction } from '@/lib/db/transaction';
import { deleteUser } from '@/lib/privacy/delete-user';
import type { Services } from '@/lib/services';
import { endSessions } from '@/lib/sessions/end';
import type { LiveSession } from '@/lib/sessions/find';
import { isOperator } from '@/lib/sessions/role';
import { readEmail } from '@/lib/users/email-columns';
import { type Approval, closeApproval, lockApproval, storeApproval } from './approvals';
import { blockUser, unblockUser } from './block';
import { storeNote } from './notes';
import { may, type Permission } from './permissions';
import type { OperatorAction, Reason } from './reasons';

/** The permission that each action needs. */
export const PERMISSION_FOR = {
  'cancel-authorisation': 'end-kuna-session',
  'sign-out': 'sign-out',
  'ask-again': 'retry',
  'link-conflict': 'resolve',
  'dismiss-conflict': 'resolve',
  export: 'export',
  block: 'block',
  unblock: 'unblock',
  delete: 'delete',
} as const satisfies Record<OperatorAction, Permission>;

/** The actions that wait for a second person where OPERATOR_FOUR_EYES is on. */
const FOUR_EYES: readonly OperatorAction[] = ['unblock', 'link-conflict', 'delete'];

/** The reasons to reject an action. The customer's page explains each. */
export const OPERATOR_REFUSALS = [
  'not-permitted',
  'self',
  'operator',
  'gone',
  'already-requested',
  'no-request',
  'own-request',
  'nothing-to-ask',
  'no-conflict',
  'link-gone',
  'link-email-differs',
  'link-taken',
  'link-refused',
  'link-unavailable',
] as const;
export type OperatorRefusal = (typeof OPERATOR_REFUSALS)[number];

/** What the operator must do first. */
type Missing = 'sign-in-again' | 'no-reason';

/** Refusals that show an attempt beyond an operator's rights. The audit log records these. */
const RECORDED: readonly OperatorRefusal[] = ['not-permitted', 'self', 'operator', 'own-request'];

type Operator = Pick<LiveSession, 'userId' | 'role' | 'fresh'>;

/** Reports whether an action waits for a second person. */
export function needsSecondPerson(action: OperatorAction): boolean {
  return config().operators.fourEyes && FOUR_EYES.includes(action);
}

/**
 * Performs an operator's action and records it in the audit log, or requests it where a second person must confirm.
 * Requires the permission, a reason, and a sign-in within FRESH_MINUTES (ASVS 5.0 7.5.3). Never blocks or deletes an
 * operator, so that a mistake or a stolen account cannot lock the institution out of its support console.
 * OPERATOR_EMAILS removes operators.
 * @param target KunaCore's record to link, as the operator saw it.
 * @returns null when done, `requested` when it waits, or the reason of the rejection.
 * @throws the driver's error when the action could not be stored.
 */
export async function performOperatorAction(
  services: Services,
  operator: Operator,
  action: OperatorAction,
  userId: string,
  reason: Reason | null,
  target: string | null = null,
): Promise<OperatorRefusal | Missing | 'requested' | null> {
  if (!isOperator(operator)) throw new Error('Not an operator');
  if (!operator.fresh) return 'sign-in-again';
  const refused = await refusalFor(services, operator, action, userId);
  if (refused) return refuse(services, operator, action, userId, refused);
  if (!reason) return 'no-reason';
  if (needsSecondPerson(action)) return request(services, operator, action, userId, reason, target);
  // Recorded first, so that a failed action is known too.
  await record(services, operator, action, action, userId, reason);
  return perform(services, actorOf(operator), action, userId, target);
}

/**
 * Confirms or refuses another operator's request. The operator who asked can only withdraw it, from any session.
 * @returns null when decided, or the reason of the rejection. @throws the driver's error: nothing has changed then.
 */
export async function decideApproval(
  services: Services,
  operator: Operator,
  approvalId: string,
  confirm: boolean,
): Promise<OperatorRefusal | 'sign-in-again' | null> {
  if (!isOperator(operator)) throw new Error('Not an operator');
  if (!operator.fresh) return 'sign-in-again';
  const refused = await inTransaction(services.db, async (tx) => {
    const inside = { ...services, db: tx, wake: () => afterCommit(tx, services.wake) };
    const approval = await lockApproval(tx, services.keyring, approvalId);
    if (!approval) return null;
    const { action, userId, requestedBy, target } = approval;
    const isOwn = requestedBy === operator.userId;
    const problem = await refusalFor(inside, operator, action, userId);
    if (problem) return { problem, approval, isLater: false };
    if (isOwn && confirm) return { problem: 'own-request' as const, approval, isLater: false };
    const decision = confirm ? 'confirmed' : isOwn ? 'withdrawn' : 'refused';
    await closeApproval(tx, approvalId, decision, operator.userId);
    await appendCountedAudit(tx, services.keyring, changeEvent(operator, `${decision}-${action}`, userId));
    // Linking calls KunaCore, which no transaction may wait for.
    const isLater = confirm && action === 'link-conflict';
    const outcome = confirm && !isLater ? await perform(inside, actorOf(operator), action, userId, target) : null;
    return { problem: outcome, approval, isLater };
  });
  if (!refused) return 'no-request';
  const { problem, approval, isLater } = refused;
  if (isLater) return perform(services, actorOf(operator), approval.action, approval.userId, approval.target);
  return problem && refuse(services, operator, approval.action, approval.userId, problem);
}

async function request(
  { db, keyring }: Services,
  operator: Operator,
  action: OperatorAction,
  userId: string,
  reason: Reason,
  target: string | null,
): Promise<'requested' | 'already-requested'> {
  return inTransaction(db, async (tx) => {
    const approval: Pick<Approval, 'userId' | 'action' | 'requestedBy' | 'reason' | 'target'> = {
      ...{ userId, action, requestedBy: operator.userId, reason: reason.code, target },
    };
    if (!(await storeApproval(tx, keyring, approval))) return 'already-requested';
    await record({ db: tx, keyring }, operator, action, `requested-${action}`, userId, reason);
    return 'requested';
  });
}

/** Records an action in the audit log, and its reason's text in a note. */
async function record(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  operator: Operator,
  action: OperatorAction,
  name: string,
  userId: string,
  reason: Reason,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await appendCountedAudit(tx, keyring, changeEvent(operator, name, userId, reason.code));
    const note = { userId, authorId: operator.userId, action, reason: reason.code, text: reason.text };
    await storeNote(tx, keyring, note);
  });
}

async function refuse(
  services: Services,
  operator: Operator,
  action: OperatorAction,
  userId: string,
  refused: OperatorRefusal,
): Promise<OperatorRefusal> {
  if (RECORDED.includes(refused)) {
    const attempt = { event: 'authz_fail', actor: actorOf(operator), subject: userId } as const;
    await appendCountedAuditNow(services, { ...attempt, facts: { resource: action } });
  }
  return refused;
}

async function refusalFor(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  operator: Operator,
  action: OperatorAction,
  userId: string,
): Promise<OperatorRefusal | null> {
  if (!may(operator.role, PERMISSION_FOR[action])) return 'not-permitted';
  const [target] = await db.select().from(users).where(eq(users.id, userId));
  if (!target || target.deletedAt !== null) return 'gone';
  if (action !== 'block' && action !== 'delete') return null;
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

/** Carries an action out. @returns null when done, or why it could not be. */
async function perform(
  services: Services,
  actor: `operator:${string}`,
  action: OperatorAction,
  userId: string,
  target: string | null,
): Promise<OperatorRefusal | null> {
  switch (action) {
    case 'cancel-authorisation':
      await revokeAccess(services, userId, 'ended-by-institution');
      return null;
    case 'sign-out':
      await endSessions(services, { userId }, 'ended-by-institution');
      return null;
    case 'ask-again':
      return (await retryRejected(services, userId, actor)) ? null : 'nothing-to-ask';
    case 'dismiss-conflict':
      return (await dismissConflict(services, userId, actor)) ? null : 'no-conflict';
    case 'link-conflict':
      return link(services, actor, userId, target);
    case 'export':
      // The reason is recorded by now. The route hands the data out (app/operator/customers/[id]/data.json).
      return null;
    case 'block':
      return (await blockUser(services, userId, actor)) ? null : 'gone';
    case 'unblock':
      return (await unblockUser(services, userId, actor)) ? null : 'gone';
    case 'delete':
      return (await deleteUser(services, userId, actor)) ? null : 'gone';
  }
}

async function link(
  services: Services,
  actor: `operator:${string}`,
  userId: string,
  target: string | null,
): Promise<OperatorRefusal | null> {
  const refused = target === null ? 'gone' : await linkConflict(services, userId, target, actor);
  return refused === 'no-conflict' || refused === null ? refused : `link-${refused}`;
}

function actorOf({ userId }: Pick<Operator, 'userId'>) {
  return `operator:${userId}` as const;
}

function changeEvent(operator: Operator, action: string, subject: string, reason?: string) {
  return { event: 'authz_change', actor: actorOf(operator), subject, facts: { action, reason } } as const;
}
