import type { Config } from '@/lib/config/config';
import type { OperatorRole } from '@/lib/config/operators';

/** The role of a person. Every role but `customer` uses the support console (app/operator). */
export type Role = 'customer' | OperatorRole;

/**
 * Returns the role of a session. An operator has a verified address of the institution's list (OPERATOR_EMAILS) or a
 * group of its provider (OPERATOR_ROLES), and signed in by a method that is allowed for operators (OPERATOR_SIGN_IN).
 * @param provider next-auth's id of the sign-in method; null when unknown.
 * @param group the group at sign-in (`groupOf`).
 */
export function roleOf(
  email: string | null,
  provider: string | null,
  group: string | null,
  { operators }: Pick<Config, 'operators'>,
): Role {
  const isAllowedMethod = operators.signIn === 'any' || provider === 'oidc';
  if (!isAllowedMethod || email === null) return 'customer';
  const ofGroup = provider === 'oidc' && group !== null ? operators.byGroup.get(group) : undefined;
  return operators.byEmail.get(email) ?? ofGroup ?? 'customer';
}

/** Returns the first group of OPERATOR_ROLES that the provider names for a person, or null. */
export function groupOf(groups: readonly string[], { operators }: Pick<Config, 'operators'>): string | null {
  return [...operators.byGroup.keys()].find((group) => groups.includes(group)) ?? null;
}

/** Reports whether a session belongs to an operator, of whatever role. */
export function isOperator({ role }: { role: Role }): boolean {
  return role !== 'customer';
}
