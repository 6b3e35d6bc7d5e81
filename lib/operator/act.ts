import 'server-only';
import { recordAlone } from '../audit/trail';
import { endAuthorisation, endSessions } from '../authorisations/end';
import type { Services } from '../services';
import { blockUser, unblockUser } from '../users/block';

/** What an operator can do about a customer. */
export const OPERATOR_ACTIONS = ['cancel-authorisation', 'sign-out', 'block', 'unblock'] as const;
export type OperatorAction = (typeof OPERATOR_ACTIONS)[number];

/**
 * Does it, and leaves a line in the trail under the operator's name.
 * @throws the driver's error when it could not be stored: then nothing was done.
 */
export async function act(services: Services, operatorId: string, action: OperatorAction, userId: string) {
  const actor = `operator:${operatorId}` as const;
  // First: what an operator tried is known even if the rest fails.
  await recordAlone(services, { event: 'authz_change', actor, subject: userId, facts: { action } });
  switch (action) {
    case 'cancel-authorisation':
      return endAuthorisation(services, userId, 'ended-by-institution');
    case 'sign-out':
      return endSessions(services, { userId }, 'ended-by-institution');
    case 'block':
      return blockUser(services, userId, actor);
    case 'unblock':
      return unblockUser(services, userId, actor);
  }
}
