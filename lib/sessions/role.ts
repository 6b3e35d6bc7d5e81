import type { Config } from '@/lib/config/config';

/** The role of a person. Operators use the support console (app/operator). */
export type Role = 'customer' | 'operator';

/**
 * Returns the role of a session. An operator has a verified address of the institution's list (OPERATOR_EMAILS) and
 * signed in by a method that is allowed for operators (OPERATOR_SIGN_IN).
 * @param provider next-auth's id of the sign-in method; null when unknown.
 */
export function roleOf(
  email: string | null,
  provider: string | null,
  { operatorEmails, operatorSignIn }: Pick<Config, 'operatorEmails' | 'operatorSignIn'>,
): Role {
  const isAllowedMethod = operatorSignIn === 'any' || provider === 'oidc';
  return isAllowedMethod && email !== null && operatorEmails.includes(email) ? 'operator' : 'customer';
}
